/// Whose log is asked for.
package enum LogSource: Hashable, Sendable {
    case jobManager
    /// The task manager with that id.
    case taskManager(String)
}

/// One line of a log, from the ring buffer of a program.
package struct LogLine: Codable, Hashable, Sendable {
    /// Its number in the program since its start, from 1.
    package var sequence: UInt64
    /// When it was written, in milliseconds since 1970.
    package var timestamp: Int64
    /// `debug`, `info`, `warning` or `error`.
    package var level: String
    /// What happened.
    package var message: String
    /// The facts.
    package var metadata: [String: String]

    package init(
        sequence: UInt64,
        timestamp: Int64,
        level: String,
        message: String,
        metadata: [String: String] = [:]
    ) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.level = level
        self.message = message
        self.metadata = metadata
    }
}
