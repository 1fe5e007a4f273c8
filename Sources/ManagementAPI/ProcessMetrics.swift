/// Metrics that every program has, under Prometheus' own names.
package enum ProcessMetrics {
    /// Resident memory.
    package static let residentMemory = Metric(
        "process_resident_memory_bytes",
        "Resident memory."
    )
    /// Processor time of the process, user and system.
    package static let cpu = Metric(
        "process_cpu_seconds_total",
        "Processor time of the process, user and system.",
        .counter
    )
    /// When the process started, in seconds since 1970.
    package static let startTime = Metric(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970."
    )
    /// Open file descriptors.
    package static let openFiles = Metric(
        "process_open_fds",
        "Open file descriptors."
    )
    /// Always 1; its labels tell the build.
    package static let build = Metric(
        "apus_build_info",
        "Always 1; its labels tell the build."
    )

    /// All of them, for the documentation and its test.
    package static let all = [
        residentMemory, cpu, startTime, openFiles, build,
    ]
}
