#ifndef APUS_CSYSTEM_H
#define APUS_CSYSTEM_H

/// What glibc hides from the Swift importer behind feature macros: no logic here.

/// Names the calling thread, for debuggers and `top`; the system keeps the first 15 bytes.
void apus_set_thread_name(const char *name);

/// Whether this CPU has what the engine was compiled for (x86-64-v3, or any arm64).
int apus_cpu_is_supported(void);


/// Counts SIGINT and SIGTERM from now on instead of ending the process; ignores SIGPIPE.
void apus_count_stop_signals(void);

/// How many of those signals have arrived.
int apus_stop_signals(void);

#endif
