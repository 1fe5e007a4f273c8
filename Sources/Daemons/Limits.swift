/// The named limits of this module.
enum DaemonLimits {
    /// Lines of the log that are kept for readers.
    static let logLines = 2000
    /// How often a program looks for signals.
    static let signalMicroseconds: Int64 = 50_000
    /// How long a job manager has to give up the lease when it stops.
    static let resignMicroseconds: Int64 = 5_000_000
    /// The least that a call to the store of the lease may take, however short 'retry-period' is.
    static let leaseCallMicrosecondsMin: Int64 = 1_000_000
}
