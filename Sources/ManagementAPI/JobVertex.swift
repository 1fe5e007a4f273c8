/// One operator of a job, all its subtasks together (Flink's JobDetailsInfo.JobVertexDetailsInfo).
package struct JobVertex: Codable, Hashable, Sendable {
    /// 32 hexadecimal digits made of the uid; see `VertexID`.
    package var id: String
    /// Always the same: all operators of a job share its slots.
    package var slotSharingGroupID: String
    /// What the operator does.
    package var name: String
    /// The number of key groups.
    package var maxParallelism: Int
    /// The number of subtasks.
    package var parallelism: Int
    /// The status that most needs attention among the subtasks.
    package var status: TaskStatus
    /// When its first subtask started; -1 before.
    package var startTime: Int64
    /// When its last subtask ended; -1 before.
    package var endTime: Int64
    /// How long it has run; -1 before.
    package var durationMilliseconds: Int64
    /// Subtasks by upper-case status; see `TaskCounts`.
    package var tasks: [String: Int]
    /// What has passed through.
    package var metrics: IOMetrics
    /// Beyond Flink: the stable identity of the operator.
    package var uid: String
    /// Beyond Flink: the lowest watermark of the subtasks, in milliseconds since 1970; absent
    /// before the first.
    package var watermark: Int64?
    /// Beyond Flink: the part of the last seconds spent working, of the busiest subtask.
    package var busyRatio: Double?
    /// Beyond Flink: the part spent waiting for those behind it, of the slowest subtask.
    package var backPressuredRatio: Double?
    /// Beyond Flink: the part spent waiting for input, of the subtask that waits least.
    package var idleRatio: Double?

    private enum CodingKeys: String, CodingKey {
        case id
        case slotSharingGroupID = "slotSharingGroupId"
        case name
        case maxParallelism
        case parallelism
        case status
        case startTime = "start-time"
        case endTime = "end-time"
        case durationMilliseconds = "duration"
        case tasks
        case metrics
        case uid
        case watermark
        case busyRatio = "busy-ratio"
        case backPressuredRatio = "backpressured-ratio"
        case idleRatio = "idle-ratio"
    }

    package init(
        id: String,
        slotSharingGroupID: String = VertexID.slotSharingGroup,
        name: String,
        maxParallelism: Int,
        parallelism: Int,
        status: TaskStatus,
        startTime: Int64,
        endTime: Int64 = -1,
        durationMilliseconds: Int64,
        tasks: [String: Int],
        metrics: IOMetrics,
        uid: String,
        watermark: Int64? = nil,
        busyRatio: Double? = nil,
        backPressuredRatio: Double? = nil,
        idleRatio: Double? = nil
    ) {
        self.id = id
        self.slotSharingGroupID = slotSharingGroupID
        self.name = name
        self.maxParallelism = maxParallelism
        self.parallelism = parallelism
        self.status = status
        self.startTime = startTime
        self.endTime = endTime
        self.durationMilliseconds = durationMilliseconds
        self.tasks = tasks
        self.metrics = metrics
        self.uid = uid
        self.watermark = watermark
        self.busyRatio = busyRatio
        self.backPressuredRatio = backPressuredRatio
        self.idleRatio = idleRatio
    }
}

/// What has passed through a vertex or subtask (Flink's IOMetricsInfo).
package struct IOMetrics: Codable, Hashable, Sendable {
    /// Bytes of input.
    package var readBytes: Int64
    /// Whether every subtask has told.
    package var readBytesComplete: Bool
    /// Bytes of output.
    package var writeBytes: Int64
    /// Whether every subtask has told.
    package var writeBytesComplete: Bool
    /// Rows of input.
    package var readRecords: Int64
    /// Whether every subtask has told.
    package var readRecordsComplete: Bool
    /// Rows of output.
    package var writeRecords: Int64
    /// Whether every subtask has told.
    package var writeRecordsComplete: Bool
    /// Time spent waiting for those behind.
    package var accumulatedBackPressuredMilliseconds: Int64
    /// Time spent waiting for input.
    package var accumulatedIdleMilliseconds: Int64
    /// Time spent working.
    package var accumulatedBusyMilliseconds: Double
    /// Beyond Flink: rows of input a second of late.
    package var readRecordsPerSecond: Double?
    /// Beyond Flink: rows of output a second of late.
    package var writeRecordsPerSecond: Double?

    private enum CodingKeys: String, CodingKey {
        case readBytes = "read-bytes"
        case readBytesComplete = "read-bytes-complete"
        case writeBytes = "write-bytes"
        case writeBytesComplete = "write-bytes-complete"
        case readRecords = "read-records"
        case readRecordsComplete = "read-records-complete"
        case writeRecords = "write-records"
        case writeRecordsComplete = "write-records-complete"
        case accumulatedBackPressuredMilliseconds = "accumulated-backpressured-time"
        case accumulatedIdleMilliseconds = "accumulated-idle-time"
        case accumulatedBusyMilliseconds = "accumulated-busy-time"
        case readRecordsPerSecond = "read-records-per-second"
        case writeRecordsPerSecond = "write-records-per-second"
    }

    package init(
        readBytes: Int64 = 0,
        readBytesComplete: Bool = true,
        writeBytes: Int64 = 0,
        writeBytesComplete: Bool = true,
        readRecords: Int64,
        readRecordsComplete: Bool = true,
        writeRecords: Int64,
        writeRecordsComplete: Bool = true,
        accumulatedBackPressuredMilliseconds: Int64 = 0,
        accumulatedIdleMilliseconds: Int64 = 0,
        accumulatedBusyMilliseconds: Double = 0,
        readRecordsPerSecond: Double? = nil,
        writeRecordsPerSecond: Double? = nil
    ) {
        self.readBytes = readBytes
        self.readBytesComplete = readBytesComplete
        self.writeBytes = writeBytes
        self.writeBytesComplete = writeBytesComplete
        self.readRecords = readRecords
        self.readRecordsComplete = readRecordsComplete
        self.writeRecords = writeRecords
        self.writeRecordsComplete = writeRecordsComplete
        self.accumulatedBackPressuredMilliseconds = accumulatedBackPressuredMilliseconds
        self.accumulatedIdleMilliseconds = accumulatedIdleMilliseconds
        self.accumulatedBusyMilliseconds = accumulatedBusyMilliseconds
        self.readRecordsPerSecond = readRecordsPerSecond
        self.writeRecordsPerSecond = writeRecordsPerSecond
    }
}
