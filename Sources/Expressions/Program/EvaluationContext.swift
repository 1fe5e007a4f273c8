package import Core

/// What expressions depend on besides their input rows.
package struct EvaluationContext: Sendable {
    /// The session's time zone, `table.local-time-zone`.
    package let zone: ZoneRules
    /// Where CURRENT_TIMESTAMP and its kin get the time from.
    package let time: any TimeSource
    package let currentDatabase: String
    /// The start of the random numbers of RAND and UUID; nil takes the system's.
    package let randomSeed: UInt64?

    package init(
        zone: ZoneRules = .utc,
        time: any TimeSource = SystemTime(),
        currentDatabase: String = "default_database",
        randomSeed: UInt64? = nil
    ) {
        self.zone = zone
        self.time = time
        self.currentDatabase = currentDatabase
        self.randomSeed = randomSeed
    }
}
