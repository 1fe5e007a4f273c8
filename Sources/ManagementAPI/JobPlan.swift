/// The answer of `GET /jobs/:jobid/plan` (Flink's JobPlanInfo).
package struct JobPlanResponse: Codable, Hashable, Sendable {
    /// How the vertices are connected.
    package var plan: JobPlan

    package init(
        plan: JobPlan
    ) {
        self.plan = plan
    }
}

/// The operators of a job and their connections.
package struct JobPlan: Codable, Hashable, Sendable {
    /// The job id.
    package var id: String
    /// The name of the job.
    package var name: String
    /// `STREAMING`, or `BATCH` for bounded jobs.
    package var type: String
    /// The operators, sources first.
    package var nodes: [JobPlanNode]

    private enum CodingKeys: String, CodingKey {
        case id = "jid"
        case name
        case type
        case nodes
    }

    package init(
        id: String,
        name: String,
        type: String = "STREAMING",
        nodes: [JobPlanNode]
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.nodes = nodes
    }
}

/// One operator of a plan.
package struct JobPlanNode: Codable, Hashable, Sendable {
    /// The id of the vertex.
    package var id: String
    /// The number of subtasks.
    package var parallelism: Int
    /// The kind of operator.
    package var `operator`: String
    /// Empty, as in Flink.
    package var operatorStrategy: String
    /// What it does, as in EXPLAIN.
    package var description: String
    /// Where its rows come from; absent for sources.
    package var inputs: [JobPlanInput]?
    /// Empty, as in Flink.
    package var optimizerProperties: [String: String]

    private enum CodingKeys: String, CodingKey {
        case id
        case parallelism
        case `operator`
        case operatorStrategy = "operator_strategy"
        case description
        case inputs
        case optimizerProperties = "optimizer_properties"
    }

    package init(
        id: String,
        parallelism: Int,
        operator: String,
        operatorStrategy: String = "",
        description: String,
        inputs: [JobPlanInput]? = nil,
        optimizerProperties: [String: String] = [:]
    ) {
        self.id = id
        self.parallelism = parallelism
        self.operator = `operator`
        self.operatorStrategy = operatorStrategy
        self.description = description
        self.inputs = inputs
        self.optimizerProperties = optimizerProperties
    }
}

/// One connection of a plan.
package struct JobPlanInput: Codable, Hashable, Sendable {
    /// Which input of the operator it is, from 0.
    package var number: Int
    /// The vertex that the rows come from.
    package var id: String
    /// `FORWARD`, `HASH`, `REBALANCE` or `GLOBAL`.
    package var shipStrategy: String
    /// How the rows move.
    package var exchange: String

    private enum CodingKeys: String, CodingKey {
        case number = "num"
        case id
        case shipStrategy = "ship_strategy"
        case exchange
    }

    package init(
        number: Int,
        id: String,
        shipStrategy: String,
        exchange: String = "pipelined_bounded"
    ) {
        self.number = number
        self.id = id
        self.shipStrategy = shipStrategy
        self.exchange = exchange
    }
}
