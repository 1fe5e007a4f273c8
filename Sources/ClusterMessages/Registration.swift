package import Core

/// How a task manager introduces itself.
package struct Registration: Hashable, Sendable, Codable {
    package let id: TaskManagerID
    /// Where other task managers reach it.
    package let dataHost: String
    package let dataPort: Int
    /// Where its metrics and health are served; nil when they are not.
    package let restAddress: String?
    package let slots: Int
    /// What `--memory` says.
    package let memoryBytes: Int64
    package let softwareVersion: String
    package let processID: Int32
    /// The location of the checkpoints; it must be the job manager's.
    package let checkpoints: String
    /// The processors that it may use; nil from releases that do not tell.
    package let cpuCores: Int?
    /// What of its memory is for state; nil from releases that do not tell.
    package let managedBytes: Int64?

    package init(
        id: TaskManagerID,
        dataHost: String,
        dataPort: Int,
        restAddress: String?,
        slots: Int,
        memoryBytes: Int64,
        softwareVersion: String,
        processID: Int32,
        checkpoints: String,
        cpuCores: Int?,
        managedBytes: Int64?
    ) {
        self.id = id
        self.dataHost = dataHost
        self.dataPort = dataPort
        self.restAddress = restAddress
        self.slots = slots
        self.memoryBytes = memoryBytes
        self.softwareVersion = softwareVersion
        self.processID = processID
        self.checkpoints = checkpoints
        self.cpuCores = cpuCores
        self.managedBytes = managedBytes
    }
}

/// The job manager's answer to a registration.
package struct Welcome: Hashable, Sendable, Codable {
    package let leaderEpoch: UInt64
    /// How often both sides send a heartbeat.
    package let heartbeatMicroseconds: Int64
    /// After how long without one a task manager stops its tasks and dials again; shorter than
    /// what the job manager waits, so that nobody else runs them by then.
    package let silenceMicroseconds: Int64
    /// How long tasks have for their end.
    package let cancellationMicroseconds: Int64

    package init(
        leaderEpoch: UInt64,
        heartbeatMicroseconds: Int64,
        silenceMicroseconds: Int64,
        cancellationMicroseconds: Int64
    ) {
        self.leaderEpoch = leaderEpoch
        self.heartbeatMicroseconds = heartbeatMicroseconds
        self.silenceMicroseconds = silenceMicroseconds
        self.cancellationMicroseconds = cancellationMicroseconds
    }
}

/// Where a task manager of a deployment is reached.
package struct PeerPlace: Hashable, Sendable, Codable {
    package let id: TaskManagerID
    package let host: String
    package let port: Int

    package init(id: TaskManagerID, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }
}
