import Checkpoints
import Core
import JobManager
import Synchronization
import Threads

/// Runs a job on a thread of its own while this one shows progress and listens for signals.
struct RunSession {
    private let supervisor: JobSupervisor
    private let observer: RunObserver
    private let log: EventLog

    /// How often progress is shown on a terminal, and otherwise.
    private static let liveMicroseconds: Int64 = 500_000
    private static let lineMicroseconds: Int64 = 10_000_000

    init(_ supervisor: JobSupervisor, _ observer: RunObserver, _ log: EventLog) {
        self.supervisor = supervisor
        self.observer = observer
        self.log = log
    }

    /// Runs the job to its end and says how it ended.
    func run(from request: CheckpointRequest, droppingUntakenState dropsState: Bool) throws {
        let result = Mutex<Result<JobOutcome, any Error>?>(nil)
        let done = ThreadSignal()
        let supervisor = supervisor
        let thread = WorkerThread(name: "coordinator") {
            let outcome = Result {
                try supervisor.run(from: request, droppingUntakenState: dropsState)
            }
            result.withLock { $0 = outcome }
            done.raise()
        }
        let signals = StopSignals()
        let pause =
            log.console.isTerminal && log.form == .text
            ? Self.liveMicroseconds : Self.lineMicroseconds
        var signalsSeen = 0
        while result.withLock({ $0 == nil }) {
            let isDone = done.wait(forMicroseconds: min(pause, 200_000))
            if isDone { break }
            if signals.count > signalsSeen {
                signalsSeen = signals.count
                stop(isFirst: signalsSeen == 1)
            }
            showProgress(every: pause)
        }
        thread.join()
        log.console.endLive()
        try end(result.withLock { $0 })
    }

    private func stop(isFirst: Bool) {
        if isFirst {
            log.write(
                "info",
                "stopping",
                "Stopping: a last checkpoint is being taken. Press Ctrl-C again to stop at once."
            )
            supervisor.stopAfterCheckpoint()
        } else {
            supervisor.cancel()
        }
    }

    private func showProgress(every microseconds: Int64) {
        guard let (text, facts) = observer.progress(everyMicroseconds: microseconds) else {
            return
        }
        if log.console.isTerminal, log.form == .text {
            log.console.live(text)
        } else {
            log.write("info", "progress", text, facts)
        }
    }

    private func end(_ result: Result<JobOutcome, any Error>?) throws {
        let (text, facts) = observer.summary()
        switch result {
        case .success(.finished): log.write("info", "finished", "Finished: \(text).", facts)
        case .success(.cancelled):
            log.write("info", "stopped", "Stopped: \(text).", facts)
            throw CommandFailure(.stopped, "")
        case .success(.failed(let failure)):
            log.write("error", "failed", "Failed after \(text).", facts)
            throw CommandFailure(.jobFailed, failure.message)
        case .failure(let error as CheckpointError):
            throw CommandFailure(.checkpoint, error.description)
        case .failure(let error): throw CommandFailure(.jobFailed, "\(error)")
        case nil: throw CommandFailure(.jobFailed, "The job ended without a result.")
        }
    }
}
