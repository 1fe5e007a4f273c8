import CMachine

/// What the system knows of this process.
package enum ProcessFacts {
    package static var id: Int32 { apus_process_id() }

    /// Memory that is in use now.
    package static var residentBytes: Int64 { apus_resident_bytes() }

    /// CPU time used so far, of all threads.
    package static var cpuMicroseconds: Int64 { apus_cpu_microseconds() }
}
