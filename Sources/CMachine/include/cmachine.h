#ifndef APUS_CSYSTEM_H
#define APUS_CSYSTEM_H

/// What glibc hides from the Swift importer behind feature macros: no logic here.

/// Names the calling thread, for debuggers and `top`; the system keeps the first 15 bytes.
void apus_set_thread_name(const char *name);

/// Whether this CPU has what the engine was compiled for (x86-64-v3, or any arm64).
int apus_cpu_is_supported(void);

/// Raises the number of files that may be open to what the system allows; gives that number.
long long apus_raise_file_limit(void);

/// Has writes to closed pipes and beyond the limit of a file's size fail instead of ending the
/// process.
void apus_ignore_write_signals(void);

/// One heap for each processor, where glibc has eight: threads that take turns share what they
/// freed. Called before threads are started.
void apus_share_heaps(void);

/// Counts SIGINT and SIGTERM from now on instead of ending the process.
void apus_count_stop_signals(void);

/// How many of those signals have arrived; those within a second of each other are one.
int apus_stop_signals(void);

#endif
