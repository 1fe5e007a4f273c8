import Core
package import ManagementAPI

/// A cluster in the middle of its work, with a value in every field.
package enum Samples {
    package static let jobID = "3f2a6b1c9d8e4f7091a2b3c4d5e6f708"
    package static let otherJobID = "3f9900112233445566778899aabbccdd"
    package static let triggerID = "0123456789abcdef0123456789abcdef"
    /// 2026-11-21T12:00:00Z.
    package static let now: Int64 = 1_795_262_400_000

    package static let overview = ClusterOverview(
        taskManagers: 2,
        slotsTotal: 8,
        slotsAvailable: 4,
        jobsRunning: 1,
        jobsFinished: 0,
        jobsCancelled: 0,
        jobsFailed: 0,
        flinkVersion: "2.3",
        flinkCommit: "0000000",
        version: "0.1.0"
    )

    package static let configuration = ClusterConfiguration(
        refreshIntervalMilliseconds: 3000,
        timeZoneName: "UTC",
        timeZoneOffsetMilliseconds: 0,
        flinkVersion: "2.3",
        flinkRevision: "0000000 @ 2026-11-21",
        features: Features(webSubmit: true, webCancel: true, webRescale: true)
    )

    private static let resource = ResourceProfile(
        cpuCores: 4,
        managedMegabytes: 1024,
        networkMegabytes: 64
    )

    package static let taskManagers = [
        manager("tm-1", "10.0.0.3", slots: [0, 1]), manager("tm-2", "10.0.0.4", slots: [2, 3]),
    ]

    private static func manager(_ id: String, _ host: String, slots: [Int]) -> TaskManagerInfo {
        TaskManagerInfo(
            id: id,
            path: "\(host):40311",
            dataPort: 40312,
            lastHeartbeat: now - 400,
            slots: 4,
            freeSlots: 4 - slots.count,
            totalResource: resource,
            freeResource: resource,
            hardware: HardwareDescription(
                cpuCores: 4,
                physicalMemoryBytes: 16 << 30,
                freeMemoryBytes: 1 << 30,
                managedMemoryBytes: 1 << 30
            ),
            memory: MemoryConfiguration(
                taskOffHeapBytes: 512 << 20,
                networkBytes: 64 << 20,
                managedBytes: 1 << 30,
                totalFlinkBytes: 2 << 30,
                totalProcessBytes: 2 << 30
            ),
            allocatedSlots: slots.map {
                AllocatedSlot(jobID: jobID, resource: resource, slot: $0)
            },
            version: "0.1.0",
            metricsAddress: "http://\(host):9249"
        )
    }

    package static let log = [
        LogLine(sequence: 1, timestamp: now - 2000, level: "info", message: "Started"),
        LogLine(
            sequence: 2,
            timestamp: now - 1000,
            level: "warning",
            message: "Checkpoint given up",
            metadata: ["checkpoint": "7", "job": "orders"]
        ),
        LogLine(sequence: 3, timestamp: now, level: "info", message: "Checkpoint completed"),
    ]

    package static let exceptions = [
        ExceptionInfo(
            name: "external",
            stackTrace: "The connection to 'db' was lost\n  caused by: reset by peer",
            timestamp: now - 90_000,
            taskName: "Sink totals (subtask 1)",
            location: "10.0.0.3:40312",
            endpoint: "10.0.0.3:40312",
            taskManagerID: "tm-1",
            failureLabels: ["blame": "external"],
            concurrentExceptions: [
                ExceptionInfo(
                    name: "external",
                    stackTrace: "The connection to 'db' was lost",
                    timestamp: now - 89_990
                )
            ]
        )
    ]

    package static let backPressure = VertexBackPressure(
        endTimestamp: now,
        subtasks: [
            SubtaskBackPressure(
                subtask: 0,
                attempt: 1,
                ratio: 0.62,
                idleRatio: 0.08,
                busyRatio: 0.3
            )
        ]
    )
}
