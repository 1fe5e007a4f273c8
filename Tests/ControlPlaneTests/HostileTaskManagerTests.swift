import Checkpoints
import ClusterMessages
import ClusterProtocol
import Core
import Dataflow
import JobGraph
import JobManager
import ManagementAPI
import Operators
import Testing
import Transport

/// Task managers that have the secret and say what cannot be.
@Suite struct HostileTaskManagerTests {
    private func report(
        _ deployment: TaskDeployment,
        nodes: Int,
        stages: Int,
        slot: Int = 0,
        rows: Int64 = 100
    ) -> ToJobManager {
        let counters = NodeCounters(
            rowsIn: rows,
            rowsOut: rows,
            lateRows: 0,
            retractionsWithoutRow: 0,
            droppedRows: 0,
            lagMicroseconds: nil
        )
        let times = StageTimes(busyMicroseconds: 10, backPressuredMicroseconds: 0)
        return .heartbeat(
            TaskManagerReport(
                slots: [
                    TaskManagerReport.Slot(
                        deployment: deployment.id,
                        slot: slot,
                        nodes: Array(repeating: counters, count: nodes),
                        stages: Array(repeating: times, count: stages)
                    )
                ],
                residentBytes: 1,
                cpuMicroseconds: 1
            )
        )
    }

    /// A leader with a job that a scripted task manager runs.
    private func withRunningJob(
        _ body: (TestLeader, ScriptedTaskManager, TaskDeployment, JobRecord) async throws -> Void
    ) async throws {
        let leader = try await TestLeader()
        defer { leader.stop() }
        let hostile = try ScriptedTaskManager("tm", leader)
        defer { hostile.stop() }
        let job = TestLeader.record(1)
        try await leader.submit(job)
        hostile.send(.register(hostile.registration()))
        let deployment = try await hostile.deployment()
        hostile.send(.deployed(deployment: deployment.id))
        hostile.send(.event(deployment: deployment.id, .slotRunning(slot: 0)))
        try await leader.wait(for: "running", of: job)
        try await body(leader, hostile, deployment, job)
    }

    @Test func `heartbeats with all nodes are taken`() async throws {
        try await withRunningJob { leader, hostile, deployment, job in
            let nodes = deployment.graph.nodes.count
            for rows in [100, 200] as [Int64] {
                hostile.send(report(deployment, nodes: nodes, stages: 1, rows: rows))
                try await eventually("\(rows) rows") {
                    let job = try await leader.service.job(job.id.text)
                    return job.vertices.first?.metrics.readRecords == rows ? true : nil
                }
            }
            #expect(leader.network.figures.refused.isEmpty)
        }
    }

    /// Of a job of two nodes in one stage and one slot.
    static let wrongs: [(nodes: Int, stages: Int, slot: Int, rows: Int64)] = [
        (1, 1, 0, 1), (2, 0, 0, 1), (99, 1, 0, 1), (2, 1, 1, 1), (2, 1, 0, .max), (2, 1, 0, .min),
    ]

    @Test(arguments: wrongs.indices)
    func `a heartbeat that does not fit is refused, and people get their answers`(
        _ index: Int
    ) async throws {
        let wrong = Self.wrongs[index]
        try await withRunningJob { leader, hostile, deployment, job in
            #expect(deployment.graph.nodes.count == 2)
            for _ in 0..<2 {
                hostile.send(
                    report(
                        deployment,
                        nodes: wrong.nodes,
                        stages: wrong.stages,
                        slot: wrong.slot,
                        rows: wrong.rows
                    )
                )
            }
            let reason = try await hostile.received.closeReason()
            #expect(reason.contains("A heartbeat of task manager 'tm' does not fit: "), "\(reason)")
            #expect(leader.network.figures.refused == [.malformed: 1])
            #expect(try await leader.service.job(job.id.text).vertices.count == 1)
            #expect(try await leader.service.taskManagers().isEmpty)
        }
    }

    static let registrations: [@Sendable (ScriptedTaskManager) -> Registration] = [
        { $0.registration(slots: 0) }, { $0.registration(slots: -1) },
        { $0.registration(slots: .max) }, { $0.registration(dataPort: 0) },
        { $0.registration(dataPort: 1 << 20) }, { $0.registration(memoryBytes: .max) },
        { $0.registration(memoryBytes: -1) }, { $0.registration(managedBytes: .min) },
        { $0.registration(id: "somebody-else") },
        { $0.registration(dataHost: String(repeating: "x", count: 5000)) },
    ]

    @Test(arguments: registrations.indices)
    func `a registration that does not fit is refused`(_ index: Int) async throws {
        let leader = try await TestLeader()
        defer { leader.stop() }
        let hostile = try ScriptedTaskManager("tm", leader)
        defer { hostile.stop() }
        hostile.send(.register(Self.registrations[index](hostile)))
        let reason = try await hostile.received.closeReason()
        #expect(reason.contains("does not fit: "), "\(reason)")
        #expect(leader.network.figures.refused == [.malformed: 1])
        #expect(try await leader.service.taskManagers().isEmpty)
        #expect(try await leader.service.overview().slotsTotal == 0)
    }

    @Test func `a task manager registers once`() async throws {
        let leader = try await TestLeader()
        defer { leader.stop() }
        let hostile = try ScriptedTaskManager("tm", leader)
        defer { hostile.stop() }
        for _ in 0..<2 { hostile.send(.register(hostile.registration())) }
        #expect(try await hostile.received.closeReason().contains("it has registered before"))
        #expect(try await leader.service.taskManagers().isEmpty)
    }

    static let events: [TaskEvent] = [
        .slotRunning(slot: 1), .slotRunning(slot: -1), .readerFinished(node: 0, subtask: 7),
        .splitRequested(node: 0, subtask: .max),
        .sinkSnapshot(node: 99, subtask: 0, checkpoint: 1, committables: []),
        .sinkSnapshot(
            node: 1,
            subtask: 0,
            checkpoint: 1,
            committables: [FileReference(name: "f", key: "f", bytes: .max, checksum: 0)]
        ),
        .stageSnapshot(
            stage: 0,
            slot: 0,
            checkpoint: 1,
            states: [
                StoredNodeState(
                    node: -1,
                    declarations: [],
                    part: OperatorSnapshot.Part(
                        subtask: 0,
                        keyGroups: KeyGroupRange(lower: 0, upper: 128),
                        files: []
                    ),
                    newBytes: 0
                )
            ]
        ),
    ]

    @Test(arguments: events.indices)
    func `an event that does not fit is refused`(_ index: Int) async throws {
        try await withRunningJob { leader, hostile, deployment, job in
            hostile.send(.event(deployment: deployment.id, Self.events[index]))
            let reason = try await hostile.received.closeReason()
            #expect(reason.contains("An event of task manager 'tm' does not fit: "), "\(reason)")
            #expect(leader.network.figures.refused == [.malformed: 1])
            #expect(try await leader.service.job(job.id.text).vertices.count == 1)
        }
    }
}
