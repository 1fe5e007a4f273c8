import Checkpoints
import Core
import JobManager
import Testing

/// The coordinator alone: one source, one stage, one sink; times in milliseconds.
@Suite struct CheckpointCoordinatorTests {
    private static let source = CheckpointParticipant.source(node: 0, subtask: 0)
    private static let stage = CheckpointParticipant.stage(0, slot: 0)
    private static let sink = CheckpointParticipant.sink(node: 1, subtask: 0)

    private struct Run {
        var coordinator: CheckpointCoordinator

        init(_ change: (inout CheckpointCoordinator.Configuration) -> Void = { _ in }) {
            var configuration = CheckpointCoordinator.Configuration(
                intervalMicroseconds: 100_000,
                timeoutMicroseconds: 1_000_000
            )
            change(&configuration)
            coordinator = CheckpointCoordinator(
                configuration,
                participants: [source, stage, sink],
                lastCheckpoint: 0,
                nowMicroseconds: 0
            )
        }

        mutating func at(
            _ milliseconds: Int64,
            _ event: CheckpointCoordinator.Event
        ) -> [CheckpointCoordinator.Action] {
            coordinator.handle(event, nowMicroseconds: milliseconds * 1000)
        }

        /// Everybody acknowledges.
        mutating func acknowledge(
            _ id: CheckpointID,
            at milliseconds: Int64
        ) -> [CheckpointCoordinator.Action] {
            [source, stage, sink].flatMap { at(milliseconds, .acknowledged(id, $0)) }
        }
    }

    private static func trigger(_ id: CheckpointID) -> CheckpointCoordinator.Action {
        .trigger(id, isFinal: false, nil)
    }

    @Test func `one checkpoint at a time, unless more are allowed`() {
        var run = Run()
        #expect(run.at(99, .tick) == [])
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(500, .tick) == [])
        #expect(run.acknowledge(1, at: 501) == [.store(1)])
        #expect(run.at(502, .tick) == [])
        #expect(run.at(503, .stored(1)) == [.complete(1)])
        #expect(run.at(504, .tick) == [])
        // The next is due for long.
        #expect(run.at(505, .committed(1, Self.sink)) == [Self.trigger(2)])
        #expect(run.coordinator.lastCompleted == 1)
    }

    @Test func `those that overlap are stored and committed one after the other`() {
        var run = Run { $0.concurrentMax = 3 }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(200, .tick) == [Self.trigger(2)])
        #expect(run.at(300, .tick) == [Self.trigger(3)])
        #expect(run.at(400, .tick) == [])
        #expect(run.coordinator.current == [1, 2, 3])
        // The younger ones are ready first.
        #expect(run.acknowledge(2, at: 401) == [])
        #expect(run.acknowledge(3, at: 402) == [])
        #expect(run.coordinator.waitingFor(1).count == 3)
        #expect(run.coordinator.waitingFor(2) == [])
        #expect(run.acknowledge(1, at: 403) == [.store(1)])
        #expect(run.at(404, .stored(2)) == [])
        #expect(run.at(404, .stored(1)) == [.complete(1)])
        #expect(run.at(405, .committed(2, Self.sink)) == [])
        #expect(run.at(405, .committed(1, Self.sink)) == [.store(2), Self.trigger(4)])
        #expect(run.at(406, .stored(2)) == [.complete(2)])
        #expect(run.at(407, .committed(2, Self.sink)) == [.store(3)])
        #expect(run.coordinator.lastCompleted == 2)
    }

    @Test func `one that is given up holds back nothing`() {
        var run = Run { $0.concurrentMax = 2 }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(200, .tick) == [Self.trigger(2)])
        #expect(run.acknowledge(2, at: 201) == [])
        #expect(
            run.at(202, .failed(1, reason: "disk")) == [.giveUp(1, reason: "disk"), .store(2)]
        )
        // It is late with what it still has to say.
        #expect(run.acknowledge(1, at: 203) == [])
        #expect(run.at(204, .failed(1, reason: "disk")) == [])
        #expect(run.at(205, .stored(2)) == [.complete(2)])
        #expect(run.at(206, .failed(2, reason: "late")) == [])
    }

    @Test func `each has its own timeout, and waiting for others is not part of it`() {
        var run = Run { $0.concurrentMax = 2 }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(600, .tick) == [Self.trigger(2)])
        #expect(run.acknowledge(2, at: 601) == [])
        let actions = run.at(1100, .tick)
        #expect(actions.count == 2)
        guard case .giveUp(1, let reason)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(reason.hasPrefix("not acknowledged within 1 s by 3 of 3 (sink 1, subtask 0;"))
        #expect(actions.last == .store(2))
        #expect(run.at(1601, .tick) == [Self.trigger(3)])
        #expect(run.coordinator.current == [2, 3])
    }

    @Test func `a least pause lets none overlap`() {
        var run = Run {
            $0.concurrentMax = 2
            $0.minPauseMicroseconds = 50_000
        }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(900, .tick) == [])
        _ = run.acknowledge(1, at: 901)
        _ = run.at(902, .stored(1))
        #expect(run.at(903, .committed(1, Self.sink)) == [])
        #expect(run.at(952, .tick) == [])
        #expect(run.at(953, .tick) == [Self.trigger(2)])
    }

    @Test func `the last checkpoint is alone`() {
        var run = Run { $0.concurrentMax = 3 }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(101, .inputEnded) == [])
        #expect(run.at(900, .tick) == [])
        _ = run.acknowledge(1, at: 901)
        _ = run.at(902, .stored(1))
        #expect(
            run.at(903, .committed(1, Self.sink)) == [.trigger(2, isFinal: true, nil)]
        )
        #expect(run.at(1700, .tick) == [])
        #expect(run.acknowledge(2, at: 1701) == [.store(2)])
        #expect(run.at(1702, .stored(2)) == [.complete(2)])
        #expect(run.at(1703, .committed(2, Self.sink)) == [.finishJob])
        #expect(run.at(3000, .tick) == [])
    }

    @Test func `a job that is about to stop takes one when asked and no other`() {
        var run = Run { $0.concurrentMax = 3 }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        run.coordinator.waitForRequests()
        #expect(run.at(500, .tick) == [])
        // While one is under way, the one that was asked for waits.
        #expect(run.at(501, .requested) == [])
        _ = run.acknowledge(1, at: 502)
        _ = run.at(503, .stored(1))
        #expect(run.at(504, .committed(1, Self.sink)) == [Self.trigger(2)])
        _ = run.acknowledge(2, at: 505)
        _ = run.at(506, .stored(2))
        #expect(run.at(507, .committed(2, Self.sink)) == [])
        #expect(run.at(5000, .tick) == [])
        #expect(run.coordinator.lastCompleted == 2)
        run.coordinator.goOn()
        #expect(run.at(5001, .tick) == [Self.trigger(3)])
    }

    @Test func `savepoints that are dropped are all named, also those under way`() {
        var run = Run { $0.concurrentMax = 2 }
        func request(_ id: String) -> SavepointRequest {
            SavepointRequest(place: SavepointPlace(location: nil, id: id), ending: .goesOn)
        }
        let requests = ["a", "b", "c"].map(request)
        #expect(run.at(1, .savepoint(requests[0])) == [.trigger(1, isFinal: false, requests[0])])
        #expect(run.at(2, .savepoint(requests[1])) == [.trigger(2, isFinal: false, requests[1])])
        #expect(run.at(3, .savepoint(requests[2])) == [])
        #expect(
            run.coordinator.dropSavepoints(reason: "it ends")
                == requests.map { .savepointFailed($0, reason: "it ends") }
        )
    }

    @Test func `more failures than are tolerated fail the job, and nothing follows`() {
        var run = Run {
            $0.concurrentMax = 2
            $0.tolerableFailures = 0
        }
        #expect(run.at(100, .tick) == [Self.trigger(1)])
        #expect(run.at(200, .tick) == [Self.trigger(2)])
        _ = run.acknowledge(2, at: 201)
        #expect(
            run.at(202, .failed(1, reason: "disk")) == [
                .giveUp(1, reason: "disk"),
                .failJob(reason: "Exceeded checkpoint tolerable failure threshold. disk"),
            ]
        )
        #expect(run.at(5000, .tick) == [])
    }

    /// A source that waits for one asks ten times a second.
    @Test func `repeated requests lead to one checkpoint, not to as many as may be under way`() {
        var run = Run {
            $0.intervalMicroseconds = nil
            $0.concurrentMax = 4
        }
        #expect(run.at(1, .requested) == [Self.trigger(1)])
        #expect(run.at(100, .requested) == [])
        #expect(run.at(200, .requested) == [])
        #expect(run.at(201, .tick) == [])
        #expect(run.coordinator.current == [1])
        _ = run.acknowledge(1, at: 202)
        _ = run.at(203, .stored(1))
        #expect(run.at(204, .committed(1, Self.sink)) == [])
        // It was not the one that was needed.
        #expect(run.at(300, .requested) == [Self.trigger(2)])
    }
}
