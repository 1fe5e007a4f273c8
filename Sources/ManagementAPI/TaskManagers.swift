/// The registered task managers: `GET /taskmanagers` (Flink's TaskManagersInfo).
package struct TaskManagerList: Codable, Hashable, Sendable {
    /// In the order of their ids.
    package var taskManagers: [TaskManagerInfo]

    private enum CodingKeys: String, CodingKey {
        case taskManagers = "taskmanagers"
    }

    package init(
        taskManagers: [TaskManagerInfo]
    ) {
        self.taskManagers = taskManagers
    }
}

/// One task manager: `GET /taskmanagers/:taskmanagerid` (Flink's TaskManagerDetailsInfo).
package struct TaskManagerInfo: Codable, Hashable, Sendable {
    /// The id that it registered with.
    package var id: String
    /// Host and control address, as in `10.0.0.3:40311`.
    package var path: String
    /// Where other task managers reach it.
    package var dataPort: Int
    /// Always -1: there is no Java here.
    package var jmxPort: Int
    /// When it was last heard of, in milliseconds since 1970 (as in Flink, in spite of the name).
    package var lastHeartbeat: Int64
    /// How many slots it offers.
    package var slots: Int
    /// How many of them no job has.
    package var freeSlots: Int
    /// What its slots share.
    package var totalResource: ResourceProfile
    /// What no slot has.
    package var freeResource: ResourceProfile
    /// What the machine has.
    package var hardware: HardwareDescription
    /// What its memory is for.
    package var memory: MemoryConfiguration
    /// Which jobs have its slots.
    package var allocatedSlots: [AllocatedSlot]
    /// Beyond Flink: the version of its build.
    package var version: String?
    /// Beyond Flink: where it serves its metrics.
    package var metricsAddress: String?

    private enum CodingKeys: String, CodingKey {
        case id
        case path
        case dataPort
        case jmxPort
        case lastHeartbeat = "timeSinceLastHeartbeat"
        case slots = "slotsNumber"
        case freeSlots
        case totalResource
        case freeResource
        case hardware
        case memory = "memoryConfiguration"
        case allocatedSlots
        case version = "apus-version"
        case metricsAddress = "metrics-address"
    }

    package init(
        id: String,
        path: String,
        dataPort: Int,
        jmxPort: Int = -1,
        lastHeartbeat: Int64,
        slots: Int,
        freeSlots: Int,
        totalResource: ResourceProfile,
        freeResource: ResourceProfile,
        hardware: HardwareDescription,
        memory: MemoryConfiguration,
        allocatedSlots: [AllocatedSlot] = [],
        version: String? = nil,
        metricsAddress: String? = nil
    ) {
        self.id = id
        self.path = path
        self.dataPort = dataPort
        self.jmxPort = jmxPort
        self.lastHeartbeat = lastHeartbeat
        self.slots = slots
        self.freeSlots = freeSlots
        self.totalResource = totalResource
        self.freeResource = freeResource
        self.hardware = hardware
        self.memory = memory
        self.allocatedSlots = allocatedSlots
        self.version = version
        self.metricsAddress = metricsAddress
    }
}

/// What slots share (Flink's ResourceProfileInfo; memory in megabytes).
package struct ResourceProfile: Codable, Hashable, Sendable {
    /// Processor cores.
    package var cpuCores: Double
    /// Always 0: there is one kind of memory here.
    package var taskHeapMegabytes: Int
    /// Always 0: there is one kind of memory here.
    package var taskOffHeapMegabytes: Int
    /// Memory for state.
    package var managedMegabytes: Int
    /// Memory for channels.
    package var networkMegabytes: Int
    /// Empty.
    package var extendedResources: [String: Double]

    private enum CodingKeys: String, CodingKey {
        case cpuCores
        case taskHeapMegabytes = "taskHeapMemory"
        case taskOffHeapMegabytes = "taskOffHeapMemory"
        case managedMegabytes = "managedMemory"
        case networkMegabytes = "networkMemory"
        case extendedResources
    }

    package init(
        cpuCores: Double,
        taskHeapMegabytes: Int = 0,
        taskOffHeapMegabytes: Int = 0,
        managedMegabytes: Int,
        networkMegabytes: Int = 0,
        extendedResources: [String: Double] = [:]
    ) {
        self.cpuCores = cpuCores
        self.taskHeapMegabytes = taskHeapMegabytes
        self.taskOffHeapMegabytes = taskOffHeapMegabytes
        self.managedMegabytes = managedMegabytes
        self.networkMegabytes = networkMegabytes
        self.extendedResources = extendedResources
    }
}

/// What a machine has (Flink's HardwareDescription).
package struct HardwareDescription: Codable, Hashable, Sendable {
    /// Processor cores.
    package var cpuCores: Int
    /// Its memory.
    package var physicalMemoryBytes: Int64
    /// What the process may still use.
    package var freeMemoryBytes: Int64
    /// What is for state.
    package var managedMemoryBytes: Int64

    private enum CodingKeys: String, CodingKey {
        case cpuCores
        case physicalMemoryBytes = "physicalMemory"
        case freeMemoryBytes = "freeMemory"
        case managedMemoryBytes = "managedMemory"
    }

    package init(
        cpuCores: Int,
        physicalMemoryBytes: Int64,
        freeMemoryBytes: Int64,
        managedMemoryBytes: Int64
    ) {
        self.cpuCores = cpuCores
        self.physicalMemoryBytes = physicalMemoryBytes
        self.freeMemoryBytes = freeMemoryBytes
        self.managedMemoryBytes = managedMemoryBytes
    }
}

/// What `--memory` is divided into (Flink's TaskExecutorMemoryConfiguration; in bytes).
package struct MemoryConfiguration: Codable, Hashable, Sendable {
    /// Always 0: there is no Java heap.
    package var frameworkHeapBytes: Int64
    /// Always 0: there is no Java heap.
    package var taskHeapBytes: Int64
    /// The program itself.
    package var frameworkOffHeapBytes: Int64
    /// Batches on their way.
    package var taskOffHeapBytes: Int64
    /// Channels between task managers.
    package var networkBytes: Int64
    /// State and its cache.
    package var managedBytes: Int64
    /// Always 0: there is no Java heap.
    package var metaspaceBytes: Int64
    /// Always 0: there is no Java heap.
    package var overheadBytes: Int64
    /// All of the above.
    package var totalFlinkBytes: Int64
    /// What `--memory` said.
    package var totalProcessBytes: Int64

    private enum CodingKeys: String, CodingKey {
        case frameworkHeapBytes = "frameworkHeap"
        case taskHeapBytes = "taskHeap"
        case frameworkOffHeapBytes = "frameworkOffHeap"
        case taskOffHeapBytes = "taskOffHeap"
        case networkBytes = "networkMemory"
        case managedBytes = "managedMemory"
        case metaspaceBytes = "jvmMetaspace"
        case overheadBytes = "jvmOverhead"
        case totalFlinkBytes = "totalFlinkMemory"
        case totalProcessBytes = "totalProcessMemory"
    }

    package init(
        frameworkHeapBytes: Int64 = 0,
        taskHeapBytes: Int64 = 0,
        frameworkOffHeapBytes: Int64 = 0,
        taskOffHeapBytes: Int64 = 0,
        networkBytes: Int64 = 0,
        managedBytes: Int64,
        metaspaceBytes: Int64 = 0,
        overheadBytes: Int64 = 0,
        totalFlinkBytes: Int64,
        totalProcessBytes: Int64
    ) {
        self.frameworkHeapBytes = frameworkHeapBytes
        self.taskHeapBytes = taskHeapBytes
        self.frameworkOffHeapBytes = frameworkOffHeapBytes
        self.taskOffHeapBytes = taskOffHeapBytes
        self.networkBytes = networkBytes
        self.managedBytes = managedBytes
        self.metaspaceBytes = metaspaceBytes
        self.overheadBytes = overheadBytes
        self.totalFlinkBytes = totalFlinkBytes
        self.totalProcessBytes = totalProcessBytes
    }
}

/// A slot that a job has (Flink's SlotInfo).
package struct AllocatedSlot: Codable, Hashable, Sendable {
    /// The job.
    package var jobID: String
    /// Its part of the task manager.
    package var resource: ResourceProfile
    /// Beyond Flink: the index of the slot in the job.
    package var slot: Int?

    private enum CodingKeys: String, CodingKey {
        case jobID = "jobId"
        case resource
        case slot
    }

    package init(
        jobID: String,
        resource: ResourceProfile,
        slot: Int? = nil
    ) {
        self.jobID = jobID
        self.resource = resource
        self.slot = slot
    }
}
