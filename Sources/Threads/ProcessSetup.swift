import CMachine

/// What the whole process needs of the system, asked for once at its start.
package enum ProcessSetup {
    /// Open files below which state and many connections may not get on.
    private static let fewFiles = 4096

    /// Makes failing writes errors, and allows as many open files as the system lets us.
    ///
    /// - Returns: what to tell people, if the limit is low.
    package static func begin() -> String? {
        apus_ignore_write_signals()
        apus_share_heaps()
        let files = Int(apus_raise_file_limit())
        guard files >= 0, files < fewFiles else { return nil }
        return """
            Only \(files) files may be open at once, which is few for state on disk and many \
            connections: raise the hard limit (ulimit -Hn, LimitNOFILE=) to \(fewFiles) or more.
            """
    }
}
