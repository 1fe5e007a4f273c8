import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph

/// What has been collected for a checkpoint that is under way.
struct PendingCheckpoint {
    let barrier: Barrier
    /// Whether the job is over when it is committed: it must be found again after a crash.
    let endsJob: Bool
    let startedMicroseconds: Int64
    /// What enumerators gave, by node; the barrier waits for all of them.
    var enumerators: [Int: String] = [:]
    private(set) var readers: [Int: [Int: ReaderSnapshot]] = [:]
    /// What readers have finished before their part of it: its enumerator gave its own part
    /// without knowing, maybe, and readers forget what an earlier checkpoint has recorded.
    private var finished: [Int: [FinishedSplit]] = [:]
    var states: [Int: [StoredNodeState]] = [:]
    var sinks: [Int: [Int: [FileReference]]] = [:]

    init(barrier: Barrier, endsJob: Bool, startedMicroseconds: Int64) {
        self.barrier = barrier
        self.endsJob = endsJob
        self.startedMicroseconds = startedMicroseconds
    }

    var id: CheckpointID { barrier.checkpoint }

    /// Whether event time ends with it although there may be more rows.
    var drains: Bool { barrier.isFinal && barrier.savepoint != nil }

    /// Takes the part of a reader.
    mutating func add(_ snapshot: ReaderSnapshot, node: Int, subtask: Int) {
        readers[node, default: [:]][subtask] = snapshot
    }

    /// Takes a split that a reader has finished, unless that was behind the barrier.
    mutating func note(_ split: FinishedSplit, node: Int, subtask: Int) {
        guard readers[node]?[subtask] == nil else { return }
        finished[node, default: []].append(split)
    }

    mutating func add(_ stored: [StoredNodeState], stage: Int, slot: Int) {
        for state in stored { states[state.node, default: []].append(state) }
    }

    /// How large it is.
    var stats: CheckpointStats {
        var tables: Int64 = 0
        var newTables: Int64 = 0
        var small = sinks.values.flatMap(\.values).joined().reduce(0 as Int64) { $0 + $1.bytes }
        for state in states.values.joined() {
            newTables += state.newBytes
            small += state.part.attachment?.bytes ?? 0
            for file in state.part.files {
                if file.isSlice { small += file.bytes } else { tables += file.bytes }
            }
        }
        return CheckpointStats(stateBytes: tables + small, newBytes: newTables + small)
    }

    /// The sources of the manifest.
    func sourceSnapshots(_ graph: JobGraph, parallelism: Int) -> [SourceSnapshot] {
        enumerators.sorted { $0.key < $1.key }.map { node, state in
            let snapshots = (0..<parallelism).map { readers[node]?[$0] }
            var results = snapshots.flatMap { $0?.finished ?? [] }
            var known = Set(results.map(\.id))
            known.formUnion(snapshots.flatMap { $0?.held ?? [] }.map(\.id))
            results += (finished[node] ?? []).filter { known.insert($0.id).inserted }
            return SourceSnapshot(
                uid: graph.nodes[node].uid,
                enumeratorState: state,
                held: snapshots.map { snapshot in
                    (snapshot?.held ?? []).map { SplitPosition(id: $0.id, position: $0.position) }
                },
                finished: results.map { SplitResult(id: $0.id, result: $0.result) }
            )
        }
    }

    /// The sinks of the manifest.
    func sinkSnapshots(_ graph: JobGraph) -> [SinkSnapshot] {
        sinks.sorted { $0.key < $1.key }.map { node, subtasks in
            SinkSnapshot(
                uid: graph.nodes[node].uid,
                committables: subtasks.sorted { $0.key < $1.key }.flatMap { subtask, files in
                    files.map { SinkSnapshot.Committable(subtask: subtask, file: $0) }
                }
            )
        }
    }

    /// The stateful operators of the manifest.
    func operatorSnapshots(_ graph: JobGraph) -> [OperatorSnapshot] {
        states.sorted { $0.key < $1.key }.map { node, parts in
            OperatorSnapshot(
                uid: graph.nodes[node].uid,
                declarations: parts[0].declarations,
                parts: parts.map(\.part).sorted { $0.subtask < $1.subtask }
            )
        }
    }
}

/// Figures of a checkpoint, for people.
package struct CheckpointStats: Hashable, Sendable, Codable {
    /// All that it refers to, newly uploaded or not.
    package let stateBytes: Int64
    /// What of it was uploaded for it.
    package let newBytes: Int64

    package init(stateBytes: Int64, newBytes: Int64) {
        self.stateBytes = stateBytes
        self.newBytes = newBytes
    }
}
