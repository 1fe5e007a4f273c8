import Checkpoints
import Columnar
import Connectors
import Core
import Dataflow
import JobGraph
import KeyedState
import ObjectStore

/// A task of two slots, of which the first is here; its threads are never started.
///
/// Rows of the query go to a union behind an exchange.
struct SampleTask {
    let time = ManualTime(startMicroseconds: 1_000_000)
    let task: JobTask

    init() {
        let graph = JobGraph(
            nodes: [
                JobNode(
                    uid: OperatorUID("values"),
                    name: "Values",
                    spec: .values(ValuesSpec(rows: [])),
                    inputs: [],
                    outputs: [Schema([])]
                ),
                JobNode(
                    uid: OperatorUID("union"),
                    name: "Union",
                    spec: .union,
                    inputs: [JobEdge(node: 0, exchange: .single)],
                    outputs: [Schema([])]
                ),
            ],
            settings: JobSettings()
        )
        let jobID = JobID(text: "a")
        task = JobTask(
            TaskDeployment(
                id: 7,
                jobID: jobID,
                attempt: 1,
                leaderEpoch: 1,
                graph: graph,
                places: [TaskManagerID("here"), TaskManagerID("there")],
                restore: nil
            ),
            localSlots: [0],
            environment: TaskEnvironment(
                connectors: ConnectorRegistry([]),
                time: time,
                folder: "/nowhere",
                stateBytesPerSlot: 1 << 20,
                blockCache: BlockCache(bytes: 1 << 20),
                store: MemoryStore(),
                stores: FolderOpening(),
                layout: CheckpointLayout(jobID: jobID)
            ),
            remote: nil,
            events: { _ in }
        )
    }
}
