/// How much a subtask waits for those behind it, in Flink's three words.
package enum BackPressureLevel: String, Codable, Hashable, Sendable, CaseIterable {
    case ok
    case low
    case high

    /// Flink's bounds: up to 10 % of the time is fine, more than half of it is high.
    package init(ratio: Double) {
        self = ratio <= 0.1 ? .ok : ratio <= 0.5 ? .low : .high
    }
}

/// How much a vertex waits: `GET /jobs/:jobid/vertices/:vertexid/backpressure` (Flink's
/// JobVertexBackPressureInfo).
package struct VertexBackPressure: Codable, Hashable, Sendable {
    /// `deprecated` where the figures are old or missing.
    package var status: Status
    /// The worst of the subtasks.
    package var level: BackPressureLevel?
    /// The same under the name that Flink had before 1.16.
    package var levelOfOldClients: BackPressureLevel?
    /// When it was measured.
    package var endTimestamp: Int64?
    /// The subtasks in order.
    package var subtasks: [SubtaskBackPressure]?

    private enum CodingKeys: String, CodingKey {
        case status
        case level = "backpressureLevel"
        case levelOfOldClients = "backpressure-level"
        case endTimestamp = "end-timestamp"
        case subtasks
    }

    package init(
        status: Status,
        level: BackPressureLevel? = nil,
        levelOfOldClients: BackPressureLevel? = nil,
        endTimestamp: Int64? = nil,
        subtasks: [SubtaskBackPressure]? = nil
    ) {
        self.status = status
        self.level = level
        self.levelOfOldClients = levelOfOldClients
        self.endTimestamp = endTimestamp
        self.subtasks = subtasks
    }

    /// Whether the figures can be relied on.
    package enum Status: String, Codable, Hashable, Sendable, CaseIterable {
        case ok
        case deprecated
    }

    /// The figures of a vertex, its level taken from those of its subtasks.
    package init(endTimestamp: Int64, subtasks: [SubtaskBackPressure]) {
        let level = BackPressureLevel(ratio: subtasks.map(\.ratio).max() ?? 0)
        self.init(
            status: .ok,
            level: level,
            levelOfOldClients: level,
            endTimestamp: endTimestamp,
            subtasks: subtasks
        )
    }
}

/// How much one subtask waits.
package struct SubtaskBackPressure: Codable, Hashable, Sendable {
    /// The index of the subtask.
    package var subtask: Int
    /// How often it was started before.
    package var attempt: Int
    /// The ratio in a word.
    package var level: BackPressureLevel
    /// The same under the name that Flink had before 1.16.
    package var levelOfOldClients: BackPressureLevel
    /// The part of the time spent waiting for those behind.
    package var ratio: Double
    /// The part of the time spent waiting for input.
    package var idleRatio: Double
    /// The part of the time spent working.
    package var busyRatio: Double

    private enum CodingKeys: String, CodingKey {
        case subtask
        case attempt = "attempt-number"
        case level = "backpressureLevel"
        case levelOfOldClients = "backpressure-level"
        case ratio
        case idleRatio
        case busyRatio
    }

    package init(
        subtask: Int,
        attempt: Int,
        level: BackPressureLevel,
        levelOfOldClients: BackPressureLevel,
        ratio: Double,
        idleRatio: Double,
        busyRatio: Double
    ) {
        self.subtask = subtask
        self.attempt = attempt
        self.level = level
        self.levelOfOldClients = levelOfOldClients
        self.ratio = ratio
        self.idleRatio = idleRatio
        self.busyRatio = busyRatio
    }

    /// The figures of a subtask, its level taken from the ratio.
    package init(
        subtask: Int,
        attempt: Int,
        ratio: Double,
        idleRatio: Double,
        busyRatio: Double
    ) {
        let level = BackPressureLevel(ratio: ratio)
        self.init(
            subtask: subtask,
            attempt: attempt,
            level: level,
            levelOfOldClients: level,
            ratio: ratio,
            idleRatio: idleRatio,
            busyRatio: busyRatio
        )
    }
}
