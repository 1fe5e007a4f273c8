import CMachine

/// Counts SIGINT and SIGTERM instead of dying of them.
package struct StopSignals {
    /// Begins to count.
    ///
    /// - Parameter secondEndsProcess: whether the second one ends the process at once with exit
    ///   code 130, whatever its threads wait for.
    package init(secondEndsProcess: Bool = false) {
        if secondEndsProcess { apus_end_at_second_stop_signal() }
        apus_count_stop_signals()
    }

    /// How many have arrived since the process began to count; 0 before.
    package static var countedSoFar: Int { Int(apus_stop_signals()) }

    /// How many have arrived so far.
    package var count: Int { Int(apus_stop_signals()) }
}
