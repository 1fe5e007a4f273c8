package import Columnar
package import Core

/// The physical plan of one job as plain data: nodes in topological order (DESIGN §2).
///
/// It is what the planner makes, the checkpoint carries and the task managers run.
package struct JobGraph: Hashable, Sendable, Codable {
    /// Every node's inputs stand before it; a node's id is its position.
    package let nodes: [JobNode]
    package let settings: JobSettings

    package init(nodes: [JobNode], settings: JobSettings) {
        for (index, node) in nodes.enumerated() {
            precondition(node.inputs.allSatisfy { $0.node < index }, "inputs stand before a node")
        }
        self.nodes = nodes
        self.settings = settings
    }

    /// The edges that leave each node, as the node they go to and the number of its input.
    package var consumers: [[(node: Int, input: Int)]] {
        var consumers = [[(node: Int, input: Int)]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for (input, edge) in node.inputs.enumerated() {
                consumers[edge.node].append((index, input))
            }
        }
        return consumers
    }
}

/// One operator of the plan.
package struct JobNode: Hashable, Sendable, Codable {
    /// The stable identity across versions of the job (DESIGN §6).
    package let uid: OperatorUID
    /// What people see: the operator with its main facts, as EXPLAIN prints it.
    package let name: String
    package let spec: NodeSpec
    package let inputs: [JobEdge]
    /// The columns of each output; every kind but a shared source has one output or none.
    package let outputs: [Schema]

    package init(
        uid: OperatorUID,
        name: String,
        spec: NodeSpec,
        inputs: [JobEdge],
        outputs: [Schema]
    ) {
        self.uid = uid
        self.name = name
        self.spec = spec
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// Where an input of a node comes from.
package struct JobEdge: Hashable, Sendable, Codable {
    package let node: Int
    /// Which output of that node.
    package let output: Int
    package let exchange: Exchange

    package init(node: Int, output: Int = 0, exchange: Exchange = .forward) {
        self.node = node
        self.output = output
        self.exchange = exchange
    }
}

/// How rows travel between the parallel instances of two nodes.
package enum Exchange: Hashable, Sendable, Codable {
    /// Subtask *i* to subtask *i*, on the same thread.
    case forward
    /// By the key group of the given columns, encoded as keys of the given types.
    case hash(columns: [Int], types: [DataType])
    /// All rows to the subtask that owns the key group of the empty key.
    case single
}

/// The settings of a job that change how it runs.
package struct JobSettings: Hashable, Sendable, Codable {
    package var name: String
    /// The number of key groups; fixed for the life of the job's state.
    package var maxParallelism: Int
    /// Nil for none but those that somebody asks for; 10 s unless set, since sinks commit with them.
    package var checkpointIntervalMicroseconds: Int64?
    package var checkpointTimeoutMicroseconds: Int64
    package var minPauseBetweenCheckpointsMicroseconds: Int64
    /// How many checkpoints may be under way at a time; nil for one.
    package var concurrentCheckpoints: Int?
    /// How many checkpoints in a row may fail before the job does; nil for any number.
    package var tolerableFailedCheckpoints: Int?
    package var retainedCheckpoints: Int
    /// What becomes of them when the job ends; nil keeps all.
    package var checkpointRetention: CheckpointRetention?
    /// The session time zone, an IANA name or a fixed offset.
    package var timeZone: String
    /// The most rows of a batch.
    package var batchRows: Int
    /// How much event time must pass before another watermark is sent.
    package var watermarkIntervalMilliseconds: Int64
    /// After how long without rows a source stops holding back event time.
    package var sourceIdleTimeoutMicroseconds: Int64?
    package var restart: RestartStrategy

    package init() {
        name = "job"
        maxParallelism = 128
        checkpointIntervalMicroseconds = 10_000_000
        checkpointTimeoutMicroseconds = 600_000_000
        minPauseBetweenCheckpointsMicroseconds = 0
        concurrentCheckpoints = nil
        tolerableFailedCheckpoints = nil
        retainedCheckpoints = 3
        checkpointRetention = nil
        timeZone = "UTC"
        batchRows = 4096
        watermarkIntervalMilliseconds = 200
        sourceIdleTimeoutMicroseconds = nil
        restart = .exponentialDelay
    }
}

/// What becomes of a job's checkpoints when it ends for good; words as Flink's.
package enum CheckpointRetention: String, Hashable, Sendable, Codable, CaseIterable {
    /// All stay, however the job ends.
    case retainOnCancellation = "RETAIN_ON_CANCELLATION"
    /// They stay only if the job fails.
    case deleteOnCancellation = "DELETE_ON_CANCELLATION"
    /// None stay.
    case noExternalizedCheckpoints = "NO_EXTERNALIZED_CHECKPOINTS"
}
