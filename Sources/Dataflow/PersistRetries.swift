/// When state that could not be written is tried again, and how often that is said.
package struct PersistRetries {
    package private(set) var pauseMicroseconds = DataflowLimits.persistRetryMicroseconds
    private var failures = 0

    package init() {}

    /// Counts a failure and doubles the pause.
    ///
    /// - Parameter reason: what failed.
    /// - Returns: what to tell people: of the 1st, 2nd, 4th, 8th failure in a row and so on.
    package mutating func failed(_ reason: String) -> String? {
        failures += 1
        if failures > 1 {
            pauseMicroseconds = min(
                pauseMicroseconds * 2,
                DataflowLimits.persistRetryMicrosecondsMax
            )
        }
        guard failures & (failures - 1) == 0 else { return nil }
        let tries = failures == 1 ? "" : " (\(failures) tries)"
        return """
            Changed state cannot be written to disk\(tries) and stays in memory; the job pauses \
            when that is full, and goes on once it can be written: \(reason)
            """
    }

    /// It was written.
    package mutating func reset() {
        self = PersistRetries()
    }
}
