import Core

/// A world with a clock of its own: everything that happens in it follows from one seed.
///
/// Code runs either as an event of the queue, or on a lock-step thread that the event resumes. So
/// one thing happens at a time, whichever thread it is on.
final class Simulation: @unchecked Sendable {
    // Safety: only the scheduler's thread, or the one lock-step thread that it waits for, runs.
    let seed: UInt64
    var random: SplitMix
    private(set) var nowMicroseconds: Int64 = 0
    private var queue = EventQueue()
    private let threads: LockStepThreads
    private var running: LockStepThread?
    private(set) var violations: [String] = []
    private var trace: [String] = []
    private var traceHash: UInt64 = 0
    private(set) var eventCount = 0
    let keepsTrace: Bool
    /// How often something worth testing happened.
    private(set) var occurrences: [String: Int] = [:]

    init(seed: UInt64, threads: LockStepThreads, keepsTrace: Bool) {
        self.seed = seed
        self.threads = threads
        self.keepsTrace = keepsTrace
        random = SplitMix(seed: seed)
    }

    /// Plans something; the delay is in microseconds of this world.
    func after(_ delay: Int64, _ action: @escaping () -> Void) {
        queue.add(nowMicroseconds + max(0, delay), action)
    }

    /// Runs the world until a time, a violation, or until nothing is planned any more.
    func run(untilMicroseconds end: Int64) {
        while violations.isEmpty, let next = queue.next, next.microseconds <= end {
            guard let entry = queue.popFirst() else { return }
            nowMicroseconds = max(nowMicroseconds, entry.microseconds)
            eventCount += 1
            entry.action()
        }
        if violations.isEmpty { nowMicroseconds = max(nowMicroseconds, end) }
    }

    /// Whether the run is over: nothing may start any more.
    private(set) var isOver = false

    /// Runs what is planned until nothing is, so that threads come home; all processes have crashed.
    func drain() {
        isOver = true
        while let entry = queue.popFirst() {
            nowMicroseconds = max(nowMicroseconds, entry.microseconds)
            entry.action()
        }
    }

    func chance(_ perMille: Int) -> Bool {
        Int.random(in: 0..<1000, using: &random) < perMille
    }

    func within(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &random)
    }

    func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    // Blocking code.

    /// Runs blocking code on a thread of its own, from now on.
    func spawn(_ body: @escaping () -> Void) {
        let thread = threads.take()
        switchTo(thread) { thread.start(body) }
    }

    /// Called by blocking code: sleeps until `plan`'s argument is called by an event.
    func suspend(_ plan: (@escaping () -> Void) -> Void) {
        guard let thread = running else {
            preconditionFailure("only code that was spawned may block")
        }
        plan { [self] in switchTo(thread) { thread.resume() } }
        thread.suspend()
    }

    private func switchTo(_ thread: LockStepThread, _ run: () -> Void) {
        let outer = running
        running = thread
        run()
        running = outer
        if thread.isIdle { threads.giveBack(thread) }
    }

    // What is reported.

    /// A broken invariant: the run ends.
    func violation(_ text: String) {
        log("VIOLATION \(text)")
        violations.append(text)
    }

    /// Counts something that a good simulation brings about.
    func occurred(_ what: String) {
        occurrences[what, default: 0] += 1
    }

    func log(_ text: @autoclosure () -> String) {
        let line = text()
        for byte in line.utf8 { traceHash = (traceHash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        traceHash = (traceHash ^ UInt64(bitPattern: nowMicroseconds)) &* 0x100_0000_01B3
        guard keepsTrace else { return }
        let milliseconds = nowMicroseconds / 1000
        trace.append(
            "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst()) \(line)"
        )
    }

    /// The last lines of what happened.
    func lastLines(_ count: Int) -> [String] { Array(trace.suffix(count)) }

    /// A fingerprint of everything that was logged: equal runs have equal ones.
    var fingerprint: UInt64 { traceHash }
}
