import Core
package import Dataflow
package import Operators

/// What a job manager tells a task manager.
package enum ToTaskManager: Sendable, Codable {
    case welcome(Welcome)
    case heartbeat
    /// Make the slots of an attempt ready, and connect with the task managers of its other slots.
    case deploy(TaskDeployment, peers: [PeerPlace])
    case command(deployment: UInt64, TaskCommand)
    /// End all threads of an attempt and say `stopped`.
    case stop(deployment: UInt64)
    /// Send the newest lines of the log.
    case log(request: UInt64, after: UInt64, limit: Int)
}

/// What a task manager tells its job manager.
package enum ToJobManager: Sendable, Codable {
    case register(Registration)
    case heartbeat(TaskManagerReport)
    /// The slots of an attempt take mail and wait for `start`.
    case deployed(deployment: UInt64)
    case event(deployment: UInt64, TaskEvent)
    case stopped(deployment: UInt64)
    /// The process ends in good order: its slots are to be taken elsewhere.
    case leaving(reason: String)
    case log(request: UInt64, lines: [LogEntry])
}

/// How a task manager fares.
package struct TaskManagerReport: Hashable, Sendable, Codable {
    /// The counters of the nodes of one slot of an attempt.
    package struct Slot: Hashable, Sendable, Codable {
        package let deployment: UInt64
        package let slot: Int
        package let nodes: [NodeCounters]
        package let stages: [StageTimes]

        package init(
            deployment: UInt64,
            slot: Int,
            nodes: [NodeCounters],
            stages: [StageTimes]
        ) {
            self.deployment = deployment
            self.slot = slot
            self.nodes = nodes
            self.stages = stages
        }
    }

    package let slots: [Slot]
    package let residentBytes: Int64
    package let cpuMicroseconds: Int64

    package init(slots: [Slot], residentBytes: Int64, cpuMicroseconds: Int64) {
        self.slots = slots
        self.residentBytes = residentBytes
        self.cpuMicroseconds = cpuMicroseconds
    }
}

/// A line of a program's log.
package struct LogEntry: Hashable, Sendable, Codable {
    package let sequence: UInt64
    package let microseconds: Int64
    package let level: String
    package let text: String

    package init(sequence: UInt64, microseconds: Int64, level: String, text: String) {
        self.sequence = sequence
        self.microseconds = microseconds
        self.level = level
        self.text = text
    }
}

/// How much a line of a log matters.
package enum ProgramLogLevel: String, Hashable, Sendable, Codable {
    case debug
    case info
    case warning
    case error
}
