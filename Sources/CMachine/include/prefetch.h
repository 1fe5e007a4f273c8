#ifndef APUS_PREFETCH_H
#define APUS_PREFETCH_H

/// Asks the processor to bring the line that holds an address into its cache.
static inline void apus_prefetch(const void *address) {
    __builtin_prefetch(address);
}

#endif
