import Core

/// A process of the simulated world: it can crash, be started again, and stand still.
final class SimulatedProcess {
    let name: String
    let simulation: Simulation
    /// Grows with every start; what belongs to an earlier run is ignored.
    private(set) var incarnation = 0
    private(set) var isAlive = false
    private var pausedUntilMicroseconds: Int64 = 0
    private var atCrash: [() -> Void] = []
    /// Until when nothing of it reaches the store, and nothing comes back.
    var storeCutUntilMicroseconds: Int64 = 0
    /// How fast its clock runs, in millionths, and where it started.
    private let clockRate: Int64
    private let clockStart: Int64

    init(_ name: String, _ simulation: Simulation) {
        self.name = name
        self.simulation = simulation
        clockRate = simulation.within(990_000...1_010_000)
        clockStart = simulation.within(0...1_000_000_000)
    }

    /// Its own monotonic clock, which differs from those of others by up to a hundredth.
    var monotonicMicroseconds: Int64 {
        clockStart + simulation.nowMicroseconds / 1000 * clockRate / 1000
    }

    /// How long to wait until its own clock shows a time, and a little more.
    func delay(untilOwnMicroseconds target: Int64) -> Int64 {
        max(0, target - monotonicMicroseconds) * 1_000_000 / clockRate + 1000
    }

    func start() {
        incarnation += 1
        isAlive = true
        pausedUntilMicroseconds = 0
        simulation.log("\(name): starts, run \(incarnation)")
    }

    func crash() {
        guard isAlive else { return }
        isAlive = false
        simulation.log("\(name): CRASH")
        let actions = atCrash
        atCrash = []
        for action in actions { action() }
    }

    /// Does something when the present run crashes.
    func whenCrashed(_ action: @escaping () -> Void) {
        atCrash.append(action)
    }

    /// Stands still, as under SIGSTOP or a stalled virtual machine.
    func pause(forMicroseconds duration: Int64) {
        let end = simulation.nowMicroseconds + duration
        pausedUntilMicroseconds = max(pausedUntilMicroseconds, end)
        simulation.log("\(name): PAUSE for \(DurationText.short(microseconds: duration))")
    }

    var isPaused: Bool { simulation.nowMicroseconds < pausedUntilMicroseconds }

    func isCurrent(_ run: Int) -> Bool { isAlive && run == incarnation }

    /// Plans something that the present run does; it is done after a pause, and never after a crash.
    func after(_ delay: Int64, _ action: @escaping () -> Void) {
        let run = incarnation
        simulation.after(delay) { [self] in perform(run, action) }
    }

    private func perform(_ run: Int, _ action: @escaping () -> Void) {
        guard isCurrent(run) else { return }
        guard !isPaused else {
            let rest = pausedUntilMicroseconds - simulation.nowMicroseconds
            return simulation.after(rest) { [self] in perform(run, action) }
        }
        action()
    }

    /// Runs blocking code as a part of the present run.
    func spawn(_ body: @escaping () -> Void) {
        after(0) { [self] in simulation.spawn(body) }
    }

    /// Called by blocking code: sleeps, and stands still with the process.
    ///
    /// - Returns: false when the process has crashed meanwhile.
    func sleep(_ delay: Int64, run: Int) -> Bool {
        simulation.suspend { resume in wake(delay, run, resume) }
        return isCurrent(run)
    }

    /// Called by blocking code: waits until `plan`'s argument is called.
    ///
    /// - Returns: false when the process has crashed meanwhile.
    func wait(run: Int, _ plan: (@escaping () -> Void) -> Void) -> Bool {
        simulation.suspend { resume in plan { [self] in wake(0, run, resume) } }
        return isCurrent(run)
    }

    private func wake(_ delay: Int64, _ run: Int, _ resume: @escaping () -> Void) {
        simulation.after(delay) { [self] in
            guard isCurrent(run), isPaused else { return resume() }
            wake(pausedUntilMicroseconds - simulation.nowMicroseconds, run, resume)
        }
    }

    /// The clock that this process's code is given.
    var time: ProcessTime { ProcessTime(self) }
}

/// The clock of a simulated process.
struct ProcessTime: TimeSource, @unchecked Sendable {
    // Safety: as the simulation's.
    private let process: SimulatedProcess

    init(_ process: SimulatedProcess) {
        self.process = process
    }

    var nowMicroseconds: Int64 { process.monotonicMicroseconds }
    var monotonicMicroseconds: Int64 { process.monotonicMicroseconds }
}
