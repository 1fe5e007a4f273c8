import CMachine

/// What the system knows of this process.
package enum ProcessFacts {
    package static var id: Int32 { apus_process_id() }

    /// Memory that is in use now.
    package static var residentBytes: Int64 { apus_resident_bytes() }

    /// Open files, sockets and pipes; nil where the system does not tell.
    package static var openFiles: Int64? {
        let count = apus_open_files()
        return count < 0 ? nil : count
    }

    /// The processors that it may use.
    package static var processors: Int { Int(apus_processors()) }

    /// CPU time used so far, of all threads.
    package static var cpuMicroseconds: Int64 { apus_cpu_microseconds() }
}
