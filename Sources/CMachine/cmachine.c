#define _GNU_SOURCE
#include "cmachine.h"

#ifdef __linux__
#include <malloc.h>
#endif
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
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
static _Atomic long long last_stop_milliseconds = -repeat_milliseconds;

static void count_stop_signal(int number) {
    (void)number;
    int kept = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long milliseconds = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    if (milliseconds - last_stop_milliseconds >= repeat_milliseconds) {
        last_stop_milliseconds = milliseconds;
        stop_signals++;
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

void apus_ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int apus_stop_signals(void) { return stop_signals; }
