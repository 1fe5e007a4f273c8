/// The named limits of this module.
enum ManagerLimits {
    /// How often the coordinator looks at the clock.
    static let tickMicroseconds: Int64 = 5000
    /// Events that may wait for the coordinator.
    static let events = 1 << 20
    /// How often a job that is asked to stop tries to take its last checkpoint.
    static let lastCheckpointTries = 8
    /// How often a job that is being stopped tries to write state that waits in memory.
    static let stopPersistMicroseconds: Int64 = 500_000
    /// How long the store may take for what it was asked when an attempt is stopped.
    static let stopGraceMicroseconds: Int64 = 5_000_000
    /// How often a leader looks for jobs that ended long ago.
    static let expiryMicroseconds: Int64 = 500_000
    /// How often a leader looks at the clock.
    static let clusterTickMicroseconds: Int64 = 10_000
    /// Rescalings whose outcome can be asked for.
    static let rescaleRequests = 256
}
