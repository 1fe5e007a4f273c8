import CMachine

/// Counts SIGINT and SIGTERM instead of dying of them.
package struct StopSignals {
    package init() {
        apus_count_stop_signals()
    }

    /// How many have arrived since the process began to count; 0 before.
    package static var countedSoFar: Int { Int(apus_stop_signals()) }

    /// How many have arrived so far.
    package var count: Int { Int(apus_stop_signals()) }
}
