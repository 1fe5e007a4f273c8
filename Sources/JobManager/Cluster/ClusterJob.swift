import Core
package import JobGraph

/// A job of the cluster: what is known of it beside its machine.
package struct ClusterJob {
    package internal(set) var record: JobRecord
    /// Nil for a job that ended under an earlier leader.
    package let graph: JobGraph?
    /// What each sink promises after a crash.
    package let guarantees: [String]
    let historian: JobHistorian?
    /// Does its work; nil once it has ended.
    var executor: JobExecutor?
    /// Whether the registry holds that it has ended: until then another leader would start it anew.
    var isEndOnRecord = false

    /// Whether it has ended under this leader, but not for the registry yet: nobody is told before
    /// the next leader would know it, too.
    var isEnding: Bool {
        record.state.isTerminal && record.endedMicroseconds != nil && !isEndOnRecord
    }

    /// Whether this leader could not plan it: a later one that can will run it again.
    var isUnplanned: Bool { record.state.isTerminal && record.endedMicroseconds == nil }

    package var history: JobHistory { historian?.history ?? JobHistory() }
}
