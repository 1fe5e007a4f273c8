import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph

/// What has been collected for a checkpoint that is under way.
struct PendingCheckpoint {
    let id: CheckpointID
    let isFinal: Bool
    let startedMicroseconds: Int64
    /// What enumerators gave, by node; the barrier waits for all of them.
    var enumerators: [Int: String] = [:]
    var readers: [Int: [Int: ReaderSnapshot]] = [:]
    var states: [Int: [StoredNodeState]] = [:]
    var sinks: [Int: [Int: [PreparedEpoch]]] = [:]

    init(id: CheckpointID, isFinal: Bool, startedMicroseconds: Int64) {
        self.id = id
        self.isFinal = isFinal
        self.startedMicroseconds = startedMicroseconds
    }

    /// The sources of the manifest.
    func sourceSnapshots(_ graph: JobGraph, parallelism: Int) -> [SourceSnapshot] {
        enumerators.sorted { $0.key < $1.key }.map { node, state in
            let snapshots = (0..<parallelism).map { readers[node]?[$0] }
            return SourceSnapshot(
                uid: graph.nodes[node].uid,
                enumeratorState: state,
                held: snapshots.map { snapshot in
                    (snapshot?.held ?? []).map { SplitPosition(id: $0.id, position: $0.position) }
                },
                finished: snapshots.flatMap { $0?.finished ?? [] }.map {
                    SplitResult(id: $0.id, result: $0.result)
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
