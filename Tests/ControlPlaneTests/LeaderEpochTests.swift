import ClusterMessages
import ClusterProtocol
import Core
import Dataflow
import JobGraph
import TaskManager
import Testing
import Transport

/// What a task manager makes of leaders that do not lead any more.
@Suite struct LeaderEpochTests {
    private static func welcome(_ epoch: UInt64) -> ToTaskManager {
        .welcome(
            Welcome(
                leaderEpoch: epoch,
                heartbeatMicroseconds: 100_000,
                silenceMicroseconds: 600_000_000,
                cancellationMicroseconds: 60_000_000
            )
        )
    }

    private static func deployment(_ epoch: UInt64, at place: String = "tm") -> ToTaskManager {
        .deploy(
            TaskDeployment(
                id: 7,
                jobID: JobID(text: "job"),
                attempt: 1,
                leaderEpoch: AttemptClaim.number(leaderEpoch: epoch, attempt: 1),
                graph: JobGraph(nodes: [], settings: JobSettings()),
                places: [TaskManagerID(place)],
                restore: nil
            ),
            peers: []
        )
    }

    @Test func `an older leader is refused, and so is what it deploys`() async throws {
        let manager = try ScriptedJobManager { connection in
            switch connection {
            case 0: [Self.welcome(5)]
            case 1: [Self.welcome(4)]
            // The same epoch, and a newer one.
            case 2: [Self.welcome(5), Self.welcome(6), Self.deployment(5)]
            default: [Self.welcome(7)]
            }
        }
        defer { manager.stop() }
        let worker = try TestTaskManager("tm", port: manager.port)
        try await eventually("the registration") { worker.service.registeredWith }
        try await manager.connection(0).connection.close("This job manager ends.")
        #expect(
            try await manager.connection(1).closeReason().contains(
                "A leader of epoch 4 welcomes this task manager, which one of epoch 5 has taken in"
            )
        )
        #expect(
            try await manager.connection(2).closeReason().contains(
                "A deployment of a leader of epoch 5 came where one of epoch 6 leads."
            )
        )
        _ = try await manager.connection(3)
        #expect(worker.network.figures.refused == [.oldEpoch: 2])
        try await eventually("the registration") { worker.service.registeredWith }
        try worker.stop()
    }

    @Test func `a leader of today deploys`() async throws {
        let manager = try ScriptedJobManager { _ in [Self.welcome(5), Self.deployment(5)] }
        defer { manager.stop() }
        let worker = try TestTaskManager("tm", port: manager.port)
        let id = try await manager.connection(0).first("an answer") { message -> UInt64? in
            if case .deployed(let deployment) = message { return deployment }
            return nil
        }
        #expect(id == 7)
        try worker.stop()
        #expect(worker.network.figures.refused.isEmpty)
    }

    @Test func `what cannot be is refused`() async throws {
        let endless = Welcome(
            leaderEpoch: 6,
            heartbeatMicroseconds: .min,
            silenceMicroseconds: .max,
            cancellationMicroseconds: 1
        )
        let manager = try ScriptedJobManager { connection in
            switch connection {
            case 0: [Self.deployment(5)]
            case 1: [Self.welcome(5), Self.deployment(5, at: "another")]
            case 2: [.welcome(endless)]
            default: [Self.welcome(6)]
            }
        }
        defer { manager.stop() }
        let worker = try TestTaskManager("tm", port: manager.port)
        let sentences = [
            "A deployment came before the welcome.", "none of its slots is here",
            "The welcome does not fit: a time of -9",
        ]
        for (number, sentence) in sentences.enumerated() {
            let reason = try await manager.connection(number).closeReason()
            #expect(reason.contains(sentence), "\(reason)")
        }
        _ = try await manager.connection(3)
        #expect(worker.network.figures.refused == [.unexpected: 1, .malformed: 2])
        try worker.stop()
    }
}
