import Threads

/// A thread that runs only while the scheduler waits for it, so that blocking code can be stopped
/// at each of its calls and a simulation stays in one order.
final class LockStepThread: @unchecked Sendable {
    // Safety: fields are touched by the scheduler while this thread waits for `turn`, and by this
    // thread while the scheduler waits for `answer`.
    private let turn = ThreadSignal()
    private let answer = ThreadSignal()
    private var work: (() -> Void)?
    private(set) var isIdle = true

    init() {
        _ = WorkerThread(name: "lock-step") { self.live() }
    }

    private func live() {
        while true {
            turn.wait()
            guard let work else { return answer.raise() }
            work()
            self.work = nil
            isIdle = true
            answer.raise()
        }
    }

    /// Scheduler: runs the work until it suspends or ends.
    func start(_ work: @escaping () -> Void) {
        precondition(isIdle, "a thread does one thing at a time")
        self.work = work
        isIdle = false
        resume()
    }

    /// Scheduler: goes on behind `suspend`, until the next one or the end.
    func resume() {
        turn.raise()
        answer.wait()
    }

    /// The thread itself: lets the scheduler go on.
    func suspend() {
        answer.raise()
        turn.wait()
    }

    /// Scheduler: ends an idle thread.
    func end() {
        precondition(isIdle, "a thread is ended between two pieces of work")
        resume()
    }
}

/// The threads that simulations borrow, one simulation after the other.
final class LockStepThreads {
    private var idle: [LockStepThread] = []

    func take() -> LockStepThread { idle.popLast() ?? LockStepThread() }

    func giveBack(_ thread: LockStepThread) {
        idle.append(thread)
    }

    func endAll() {
        for thread in idle { thread.end() }
        idle = []
    }
}
