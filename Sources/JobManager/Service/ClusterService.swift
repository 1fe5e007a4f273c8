package import ClusterMessages
package import Connectors
package import Core
import Dataflow
import FoundationEssentials
package import ManagementAPI
import Synchronization

/// The management interface of a job manager, leader or not, over the terms that it leads.
package final class ClusterService: JobManagerService {
    private struct State {
        var host: ClusterHost?
        var leader: LeaderRecord?
    }

    let options: ClusterOptions
    let connectors: ConnectorRegistry
    let time: any TimeSource
    let version: String
    let logLines: @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry]
    private let state = Mutex(State())
    let rescalings = Mutex(RescaleRequests())

    /// - Parameters:
    ///   - options: how the cluster is led.
    ///   - connectors: what scripts may use.
    ///   - time: for what has no time of its own.
    ///   - version: of the program.
    ///   - logLines: the program's own log.
    package init(
        _ options: ClusterOptions,
        connectors: ConnectorRegistry,
        time: any TimeSource,
        version: String,
        logLines: @escaping @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry]
    ) {
        self.options = options
        self.connectors = connectors
        self.time = time
        self.version = version
        self.logLines = logLines
    }

    /// A term begins, or ends with nil.
    package func lead(_ host: ClusterHost?) {
        // Another leader may have decided since what becomes of them.
        rescalings.withLock { $0 = RescaleRequests() }
        state.withLock { $0.host = host }
    }

    /// Who leads, as the store says.
    package func note(_ leader: LeaderRecord?) {
        state.withLock { $0.leader = leader }
    }

    var host: ClusterHost? { state.withLock { $0.host } }

    package func leadership() async -> Leadership {
        let (host, leader) = state.withLock { ($0.host, $0.leader) }
        if host != nil { return .leading }
        return .standby(leader: leader.flatMap { $0.isReleased ? nil : $0.address.rest })
    }

    /// Asks the leader's thread, once it knows its jobs.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (ClusterState) -> Answer
    ) async throws(ServiceError) -> Answer {
        let answer = await host?.ask { state -> Answer? in
            state.isReady ? question(state) : nil
        }
        guard let answer, let answer else {
            throw .unavailable("This job manager does not lead, or has only begun to.")
        }
        return answer
    }

    /// Asks about one job.
    func ask<Answer: Sendable>(
        about id: String,
        _ question: @escaping @Sendable (ClusterState, ClusterJob) -> Answer
    ) async throws(ServiceError) -> Answer {
        let answer = try await ask { state in
            state.jobs[JobID(text: id)].map { question(state, $0) }
        }
        guard let answer else { throw .noJob(id) }
        return answer
    }
}

// The cluster.
extension ClusterService {
    package func overview() async throws(ServiceError) -> ClusterOverview {
        let version = version
        return try await ask { state in
            let states = state.order.compactMap { state.jobs[$0].map(state.status) }
            return ClusterOverview(
                taskManagers: state.machine.pool.taskManagerCount,
                slotsTotal: state.machine.pool.total,
                slotsAvailable: state.machine.pool.free,
                jobsRunning: states.count { !$0.isTerminal },
                jobsFinished: states.count { $0 == .finished },
                jobsCancelled: states.count { $0 == .canceled },
                jobsFailed: states.count { $0 == .failed },
                flinkVersion: FlinkVersion.text,
                flinkCommit: FlinkVersion.commit,
                version: version
            )
        }
    }

    package func configuration() async throws(ServiceError) -> ClusterConfiguration {
        ClusterConfiguration(
            refreshIntervalMilliseconds: 3000,
            timeZoneName: "Coordinated Universal Time",
            timeZoneOffsetMilliseconds: 0,
            flinkVersion: FlinkVersion.text,
            flinkRevision: FlinkVersion.commit,
            features: Features(webSubmit: true, webCancel: true, webRescale: true)
        )
    }

    package func taskManagers() async throws(ServiceError) -> [TaskManagerInfo] {
        try await ask { state in state.taskManagers.all.map(state.info) }
    }

    package func taskManager(_ id: String) async throws(ServiceError) -> TaskManagerInfo {
        let known = try await taskManagers()
        guard let info = known.first(where: { $0.id == id }) else {
            throw .notFound("Task manager \(id) not found")
        }
        return info
    }

    package func log(
        of source: LogSource,
        after sequence: UInt64,
        limit: Int
    ) async throws(ServiceError) -> [LogLine] {
        switch source {
        case .jobManager: return logLines(sequence, limit).map(\.line)
        case .taskManager(let id):
            guard let host else { throw .unavailable("This job manager does not lead.") }
            let lines = await withCheckedContinuation { continuation in
                host.requestLog(of: TaskManagerID(id), after: sequence, limit: limit) {
                    continuation.resume(returning: $0)
                }
            }
            guard let lines else { throw .notFound("Task manager \(id) not found") }
            return lines.map(\.line)
        }
    }
}

/// The release of Flink whose answers these are.
enum FlinkVersion {
    static let text = "2.3.0"
    static let commit = "apus"
}

extension LogEntry {
    var line: LogLine {
        LogLine(sequence: sequence, timestamp: microseconds / 1000, level: level, message: text)
    }
}

extension ClusterState {
    func info(_ entry: TaskManagerTable.Entry) -> TaskManagerInfo {
        let registration = entry.registration
        let slots = machine.pool.slots(on: registration.id)
        let managed =
            registration.managedBytes
            ?? Int64(MemoryPlan(Int(registration.memoryBytes)).stateBytes)
        let perSlot = Int(managed >> 20) / max(1, registration.slots)
        let free = slots?.free ?? 0
        var allocated: [AllocatedSlot] = []
        for id in order {
            for (slot, place) in (machine.jobs[id]?.places ?? []).enumerated()
            where place == registration.id && machine.pool.slots(of: id).contains(place) {
                allocated.append(
                    AllocatedSlot(
                        jobID: id.text,
                        resource: ResourceProfile(cpuCores: 1, managedMegabytes: perSlot),
                        slot: slot
                    )
                )
            }
        }
        return TaskManagerInfo(
            id: registration.id.text,
            path: entry.address,
            dataPort: registration.dataPort,
            lastHeartbeat: entry.lastHeardMicroseconds / 1000,
            slots: registration.slots,
            freeSlots: free,
            totalResource: ResourceProfile(
                cpuCores: Double(registration.slots),
                managedMegabytes: perSlot * registration.slots
            ),
            freeResource: ResourceProfile(
                cpuCores: Double(free),
                managedMegabytes: perSlot * free
            ),
            hardware: HardwareDescription(
                cpuCores: registration.cpuCores ?? registration.slots,
                physicalMemoryBytes: registration.memoryBytes,
                freeMemoryBytes: max(
                    0,
                    registration.memoryBytes - (entry.report?.residentBytes ?? 0)
                ),
                managedMemoryBytes: managed
            ),
            memory: MemoryConfiguration(
                managedBytes: managed,
                totalFlinkBytes: registration.memoryBytes,
                totalProcessBytes: registration.memoryBytes
            ),
            allocatedSlots: allocated,
            version: registration.softwareVersion,
            metricsAddress: registration.restAddress
        )
    }
}
