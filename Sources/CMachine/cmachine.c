#define _GNU_SOURCE
#include "cmachine.h"

#ifdef __linux__
#include <malloc.h>
#include <sched.h>
#endif
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void apus_set_thread_name(const char *name) {
#if defined(__APPLE__)
    pthread_setname_np(name);
#else
    char kept[16] = {0};
    strncpy(kept, name, sizeof kept - 1);
    pthread_setname_np(pthread_self(), kept);
#endif
}

int apus_cpu_is_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

/// Runs before anything that was compiled for a newer processor, which would end in SIGILL.
__attribute__((constructor)) static void require_cpu(void) {
    static const char text[] =
        "error: This program was built for x86-64-v3 processors (AVX2, BMI, FMA: Intel since "
        "Haswell, AMD since Excavator). This machine, or its virtual machine's CPU model, lacks "
        "them: run it on another one, or build it from source for this one.\n";
    if (apus_cpu_is_supported()) return;
    if (write(2, text, sizeof text - 1) < 0) _exit(2);
    _exit(1);
}

void apus_share_heaps(void) {
#ifdef __GLIBC__
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    mallopt(M_ARENA_MAX, processors < 2 ? 2 : (int)processors);
#endif
}

long long apus_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur > 1LL << 40 ? 1LL << 40 : (long long)limit.rlim_cur;
}

/// Signals closer to each other count as one: `timeout` and terminals send to a process and to
/// its group.
enum { repeat_milliseconds = 1000 };

static _Atomic int stop_signals = 0;
static _Atomic int ends_at_second = 0;
static _Atomic long long last_stop_milliseconds = -repeat_milliseconds;

static void count_stop_signal(int number) {
    (void)number;
    int kept = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long milliseconds = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    if (milliseconds - last_stop_milliseconds >= repeat_milliseconds) {
        last_stop_milliseconds = milliseconds;
        if (++stop_signals > 1 && ends_at_second) _exit(130);
    }
    errno = kept;
}

void apus_count_stop_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_stop_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void apus_end_at_second_stop_signal(void) { ends_at_second = 1; }

void apus_ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int apus_stop_signals(void) { return stop_signals; }

int apus_process_id(void) {
    return (int)getpid();
}

long long apus_resident_bytes(void) {
    long long size = 0;
    long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) {
        return 0;
    }
    int fields = fscanf(file, "%lld %lld", &size, &pages);
    fclose(file);
    return fields == 2 ? pages * (long long)sysconf(_SC_PAGESIZE) : 0;
}

long long apus_open_files(void) {
    DIR *folder = opendir("/dev/fd");
    if (folder == NULL) {
        return -1;
    }
    // Without the one for the folder itself.
    long long count = -1;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') count++;
    }
    closedir(folder);
    return count;
}

int apus_processors(void) {
#ifdef __linux__
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
#endif
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : (int)processors;
}

long long apus_cpu_microseconds(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return 0;
    }
    long long seconds = (long long)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
    return seconds * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}
