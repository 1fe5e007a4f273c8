import Checkpoints
import Core
import JobGraph
import JobManager
import Testing

/// One job alone: which failures it ends with.
@Suite struct JobMachineTests {
    private static let places: [TaskManagerID] = [TaskManagerID("a"), TaskManagerID("b")]

    /// A job on two task managers; times in seconds.
    private struct Run {
        var machine: JobMachine

        init(_ restart: RestartStrategy = .exponentialDelay) {
            var settings = JobSettings()
            settings.restart = restart
            machine = JobMachine(
                shape: JobMachine.Shape(sourceNodes: [0], sinkNodes: [1], stageCount: 1),
                settings: settings,
                parallelism: 2,
                request: .newest,
                seed: 1
            )
        }

        @discardableResult
        mutating func at(_ seconds: Int64, _ event: JobMachine.Event) -> [JobMachine.Action] {
            machine.handle(event, nowMicroseconds: seconds * 1_000_000)
        }

        /// Brings an attempt from its preparation to running.
        mutating func deploy(_ attempt: Int, at seconds: Int64) {
            let prepared = JobMachine.Prepared(restored: nil, nextCheckpoint: 1)
            at(seconds, .prepared(attempt: attempt, prepared))
            at(seconds, .slotsGranted(places))
            for place in places { at(seconds, .deployed(attempt: attempt, place)) }
            #expect(machine.phase == .running)
        }

        /// Everybody stops after a failure; what follows.
        mutating func stop(_ attempt: Int, at seconds: Int64) -> [JobMachine.Action] {
            (places + [JobMachine.managerPlace]).flatMap {
                at(seconds, .stopped(attempt: attempt, $0))
            }
        }
    }

    @Test func `a failure that cannot heal ends the job without another attempt`() {
        var run = Run()
        #expect(run.at(0, .start) == [.prepare(attempt: 1, .newest)])
        run.deploy(1, at: 0)
        let failure = WrappedFailure(blame: .user, message: "/ by zero")
        #expect(
            run.at(1, .failed(attempt: 1, failure)) == [.stopTasks(attempt: 1, Self.places)]
        )
        // What others say in the wake of it is not the cause.
        let cascade = WrappedFailure(blame: .external, isRetryable: true, message: "cut off")
        #expect(run.at(1, .failed(attempt: 1, cascade)) == [])
        #expect(run.stop(1, at: 2) == [.releaseSlots, .ended(.failed(failure))])
        #expect(run.machine.restarts == 0)
        #expect(run.at(1000, .tick) == [])
    }

    @Test func `a job that cannot be prepared for good has no attempt at all`() {
        var run = Run()
        run.at(0, .start)
        let failure = WrappedFailure(blame: .user, message: "no such savepoint")
        #expect(
            run.at(1, .prepareFailed(attempt: 1, failure)) == [.ended(.failed(failure))]
        )
    }

    @Test func `a failure that may heal is followed by attempts until they are used up`() {
        var run = Run(.fixedDelay(attempts: 2, delayMicroseconds: 5_000_000))
        run.at(0, .start)
        let failure = WrappedFailure(blame: .external, isRetryable: true, message: "gone")
        for attempt in 1...2 {
            let start = Int64(attempt) * 100
            run.deploy(attempt, at: start)
            run.at(start + 1, .failed(attempt: attempt, failure))
            #expect(
                run.stop(attempt, at: start + 2)
                    == [.releaseSlots, .restarting(failure, afterMicroseconds: 5_000_000)]
            )
            #expect(run.at(start + 6, .tick) == [])
            #expect(run.at(start + 7, .tick) == [.prepare(attempt: attempt + 1, .newest)])
        }
        run.deploy(3, at: 300)
        run.at(301, .failed(attempt: 3, failure))
        #expect(run.stop(3, at: 302) == [.releaseSlots, .ended(.failed(failure))])
        #expect(run.machine.restarts == 2)
    }
}
