import Checkpoints
import ClusterMessages
import Core
import Dataflow
import JobGraph
package import ManagementAPI
import Operators
import Telemetry

extension ClusterState {
    /// A job's state in Flink's words; one that has ended is over once the registry holds it.
    package func status(_ job: ClusterJob) -> JobStatus {
        switch job.record.state {
        case .finished: return job.isEnding ? .running : .finished
        case .cancelled: return job.isEnding ? .cancelling : .canceled
        case .failed: return job.isEnding ? .failing : .failed
        case .created, .running, .suspended: break
        }
        return machine.jobs[job.record.id]?.status ?? .reconciling
    }

    /// Looks which state each job is in.
    func noteTimes() {
        for job in jobs.values { job.historian?.saw(status(job), at: now) }
    }
}

extension JobMachine {
    /// The job's state in Flink's words.
    var status: JobStatus {
        switch phase {
        case .created, .preparing: restarts > 0 ? .restarting : .initializing
        case .waitingForSlots, .deploying: restarts > 0 ? .restarting : .created
        case .running: isWhole ? .running : .initializing
        case .stopping: Self.status(sequel)
        case .pausing: .restarting
        case .ended: .finished
        }
    }

    /// While tasks are being stopped, what follows is what is shown.
    private static func status(_ sequel: Sequel?) -> JobStatus {
        switch sequel {
        case .end(.finished): .running
        case .end(.cancelled): .cancelling
        case .end(.failed): .failing
        case .restart, .rescale, nil: .restarting
        }
    }
}

/// One job as REST shows it; made on the cluster's thread.
struct JobView {
    let state: ClusterState
    let job: ClusterJob
    let machine: JobMachine?
    let history: JobHistory
    let nowMilliseconds: Int64
    private let plan: StagePlan?
    private let counters: [[NodeCounters]]
    private let rates: [SlotRate?]

    init(_ state: ClusterState, _ job: ClusterJob) {
        self.state = state
        self.job = job
        machine = state.machine.jobs[job.record.id]
        history = job.history
        nowMilliseconds = state.resources.time.nowMicroseconds / 1000
        plan = job.graph.map { StagePlan($0) }
        let deployment = job.executor?.deployment
        counters = deployment.map { state.taskManagers.counters($0) } ?? []
        rates = deployment.map { state.taskManagers.rates($0) } ?? []
    }

    var status: JobStatus { state.status(job) }

    var parallelism: Int { machine?.parallelism ?? job.record.parallelism }

    var startMilliseconds: Int64 { job.record.submittedMicroseconds / 1000 }

    var endMilliseconds: Int64 {
        job.isEnding ? -1 : job.record.endedMicroseconds.map { $0 / 1000 } ?? -1
    }

    var durationMilliseconds: Int64 {
        (endMilliseconds >= 0 ? endMilliseconds : nowMilliseconds) - startMilliseconds
    }

    /// What all subtasks do; the slots of a job start and stop together.
    var taskStatus: TaskStatus {
        switch status {
        case .finished: .finished
        case .canceled: .canceled
        case .failed: .failed
        case .running: .running
        case .cancelling, .failing: .canceling
        case .initializing: machine?.phase == .running ? .initializing : .created
        case .created, .restarting, .suspended, .reconciling:
            machine?.phase == .deploying ? .deploying : .scheduled
        }
    }

    private var taskStatuses: [TaskStatus] {
        let count = (plan?.stages.count ?? 0) * parallelism
        return Array(repeating: taskStatus, count: count)
    }

    var summary: JobSummary {
        JobSummary(
            id: job.record.id.text,
            name: job.record.name,
            startTime: startMilliseconds,
            endTime: endMilliseconds,
            durationMilliseconds: durationMilliseconds,
            state: status,
            lastModification: max(
                startMilliseconds,
                endMilliseconds,
                history.attemptMicroseconds / 1000
            ),
            tasks: TaskCounts(taskStatuses).lowerCasedWithTotal
        )
    }

    var details: JobDetails {
        JobDetails(
            id: job.record.id.text,
            name: job.record.name,
            state: status,
            startTime: startMilliseconds,
            endTime: endMilliseconds,
            durationMilliseconds: durationMilliseconds,
            maxParallelism: Int64(job.record.maxParallelism),
            now: nowMilliseconds,
            timestamps: timestamps,
            vertices: vertices,
            statusCounts: TaskCounts(taskStatuses).upperCased,
            plan: jobPlan,
            parallelism: parallelism,
            restarts: Int64(machine?.restarts ?? 0),
            slots: slots,
            stalls: stalls
        )
    }

    private var timestamps: [String: Int64] {
        var times = Dictionary(
            uniqueKeysWithValues: JobStatus.allCases.map { ($0.rawValue, 0 as Int64) }
        )
        times[JobStatus.created.rawValue] = startMilliseconds
        times[JobStatus.initializing.rawValue] = history.attemptMicroseconds / 1000
        if let running = history.runningMicroseconds {
            times[JobStatus.running.rawValue] = running / 1000
        }
        if let failure = history.failures.last {
            times[JobStatus.restarting.rawValue] = failure.atMicroseconds / 1000
        }
        if status.isTerminal { times[status.rawValue] = endMilliseconds }
        return times
    }

    /// Why the job does not move, where it is known.
    private var stalls: [String] {
        var reasons: [String] = []
        if job.isEnding {
            reasons.append("The job has ended, and the registry of jobs does not hold that yet.")
        }
        if let reason = state.machine.pool.reason(for: job.record.id) {
            reasons.append("The job \(reason).")
        }
        if let machine, case .pausing(let until) = machine.phase {
            let pause = DurationText.short(microseconds: max(0, until - state.now))
            reasons.append("The job starts again in \(pause).")
        }
        if let coordinator = machine?.coordinator, let checkpoint = coordinator.current.first {
            let waiting = coordinator.waitingFor(checkpoint)
            if !waiting.isEmpty {
                let named = waiting.prefix(3).map(\.description).joined(separator: "; ")
                let rest = waiting.count > 3 ? " and \(waiting.count - 3) more" : ""
                reasons.append("Checkpoint \(checkpoint) waits for \(named)\(rest).")
            }
        }
        return reasons
    }

    private var slots: [SlotAssignment] {
        (machine?.places ?? []).enumerated().map { slot, place in
            let range = KeyGroupRange(
                slot: slot,
                parallelism: parallelism,
                maxParallelism: job.record.maxParallelism
            )
            return SlotAssignment(
                slot: slot,
                taskManagerID: place.text,
                endpoint: endpoint(place),
                firstKeyGroup: range.lower,
                lastKeyGroup: range.upper - 1,
                status: taskStatus
            )
        }
    }

    private func endpoint(_ place: TaskManagerID) -> String {
        guard let entry = state.taskManagers.entry(place) else { return "" }
        return "\(entry.registration.dataHost):\(entry.registration.dataPort)"
    }
}

// Vertices: the stages of the job.
extension JobView {
    private func name(of stage: Int) -> String {
        guard let plan, let graph = job.graph else { return "" }
        return plan.stages[stage].map { graph.nodes[$0].label }.joined(separator: " -> ")
    }

    private func vertexID(of stage: Int) -> String {
        guard let plan, let graph = job.graph else { return "" }
        return VertexID.text(of: graph.nodes[plan.stages[stage][0]].uid)
    }

    func stage(_ vertex: String) -> Int? {
        plan?.stages.indices.first { vertexID(of: $0) == vertex }
    }

    private func metrics(_ stage: Int, slots: some Sequence<Int>) -> IOMetrics {
        guard let plan, let head = plan.stages[stage].first, let last = plan.stages[stage].last
        else { return IOMetrics(readRecords: 0, writeRecords: 0) }
        var readRecords: Int64 = 0
        var writeRecords: Int64 = 0
        var readRate: Double?
        var writeRate: Double?
        for slot in slots where counters.indices.contains(slot) {
            readRecords += counters[slot][head].rowsIn
            writeRecords += counters[slot][last].rowsOut
            if let rate = rates[slot] {
                readRate = (readRate ?? 0) + rate.rowsIn[head]
                writeRate = (writeRate ?? 0) + rate.rowsOut[last]
            }
        }
        return IOMetrics(
            readRecords: readRecords,
            writeRecords: writeRecords,
            readRecordsPerSecond: readRate,
            writeRecordsPerSecond: writeRate
        )
    }

    /// How a subtask of a stage spent its time of late; nil before two reports.
    func times(_ stage: Int, _ slot: Int) -> (busy: Double, backPressured: Double)? {
        guard rates.indices.contains(slot), let rate = rates[slot],
            rate.busy.indices.contains(stage)
        else { return nil }
        return (rate.busy[stage], rate.backPressured[stage])
    }

    /// The least watermark of the stage's subtasks.
    private func watermark(_ stage: Int) -> Int64? {
        guard let head = plan?.stages[stage].first else { return nil }
        let all = counters.compactMap { $0[head].watermark }
        return all.count == counters.count ? all.min() : nil
    }

    var vertices: [JobVertex] {
        guard let plan, let graph = job.graph else { return [] }
        let started = history.runningMicroseconds.map { $0 / 1000 } ?? -1
        return plan.stages.indices.map { stage in
            let all = (0..<parallelism).compactMap { times(stage, $0) }
            return JobVertex(
                id: vertexID(of: stage),
                name: name(of: stage),
                maxParallelism: job.record.maxParallelism,
                parallelism: parallelism,
                status: taskStatus,
                startTime: started,
                endTime: endMilliseconds,
                durationMilliseconds: started < 0 ? 0 : max(0, nowMilliseconds - started),
                tasks: TaskCounts(Array(repeating: taskStatus, count: parallelism)).upperCased,
                metrics: metrics(stage, slots: 0..<parallelism),
                uid: graph.nodes[plan.stages[stage][0]].uid.text,
                watermark: watermark(stage),
                busyRatio: all.map(\.busy).max(),
                backPressuredRatio: all.map(\.backPressured).max(),
                idleRatio: all.map { max(0, 1 - $0.busy - $0.backPressured) }.min()
            )
        }
    }

    var jobPlan: JobPlan {
        guard let plan else {
            return JobPlan(id: job.record.id.text, name: job.record.name, nodes: [])
        }
        let nodes = plan.stages.indices.map { stage in
            let inputs = plan.edges(into: stage).enumerated().map { number, edge in
                JobPlanInput(
                    number: number,
                    id: vertexID(of: plan.stageOfNode[plan.edges[edge].from]),
                    shipStrategy: plan.edges[edge].exchange.shipStrategy
                )
            }
            return JobPlanNode(
                id: vertexID(of: stage),
                parallelism: parallelism,
                operator: "",
                description: name(of: stage),
                inputs: inputs.isEmpty ? nil : inputs
            )
        }
        return JobPlan(id: job.record.id.text, name: job.record.name, nodes: nodes)
    }

    func vertex(_ id: String) -> VertexDetails? {
        guard let stage = stage(id), let head = plan?.stages[stage].first else { return nil }
        let started = history.runningMicroseconds.map { $0 / 1000 } ?? -1
        let subtasks = (machine?.places ?? []).enumerated().map { slot, place in
            SubtaskDetails(
                subtask: slot,
                status: taskStatus,
                attempt: machine?.attempt ?? 0,
                endpoint: endpoint(place),
                startTime: started,
                durationMilliseconds: started < 0 ? 0 : max(0, nowMilliseconds - started),
                metrics: metrics(stage, slots: [slot]),
                taskManagerID: place.text,
                watermark: counters.indices.contains(slot)
                    ? counters[slot][head].watermark : nil
            )
        }
        return VertexDetails(
            id: id,
            name: name(of: stage),
            parallelism: parallelism,
            maxParallelism: job.record.maxParallelism,
            now: nowMilliseconds,
            subtasks: subtasks
        )
    }
}

extension Exchange {
    /// As Flink's plans name it.
    var shipStrategy: String {
        switch self {
        case .forward: "FORWARD"
        case .hash: "HASH"
        case .single: "GLOBAL"
        }
    }
}
