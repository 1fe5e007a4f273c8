import CMachine

/// Counts SIGINT and SIGTERM instead of dying of them.
struct StopSignals {
    init() {
        apus_count_stop_signals()
    }

    /// How many have arrived since the process began to count; 0 before.
    static var countedSoFar: Int { Int(apus_stop_signals()) }

    /// How many have arrived so far.
    var count: Int { Int(apus_stop_signals()) }
}
