#ifndef APUS_CMACHINE_H
#define APUS_CMACHINE_H

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

/// Has the second of those signals end the process at once with exit code 130; called before they
/// are counted.
void apus_end_at_second_stop_signal(void);

/// The number of this process.
int apus_process_id(void);

/// The memory of this process that is in use, in bytes; 0 where the system does not tell.
long long apus_resident_bytes(void);

/// The files, sockets and pipes that this process has open; -1 where the system does not tell.
long long apus_open_files(void);

/// The processors that this process may use.
int apus_processors(void);

/// The CPU time of all threads of this process, in microseconds.
long long apus_cpu_microseconds(void);

#endif
