import Core
import Threads

/// Chooses which job manager to dial next, and how long to wait before.
struct Dialler {
    private let addresses: [JobManagerAddress]
    private var backoff = Backoff(
        initialMicroseconds: TaskManagerLimits.redialMicroseconds,
        maximumMicroseconds: TaskManagerLimits.redialMicrosecondsMax,
        multiplier: 1.5,
        jitterFactor: 0.2
    )
    private var random: SplitMix64
    private var turn = -1
    private var failures = 0

    init(_ addresses: [JobManagerAddress], seed: UInt64) {
        precondition(!addresses.isEmpty, "a task manager knows at least one job manager")
        self.addresses = addresses
        random = SplitMix64(seed: seed)
    }

    mutating func next() -> JobManagerAddress {
        turn = (turn + 1) % addresses.count
        return addresses[turn]
    }

    /// Waits; longer with each failure in a row, once all addresses were tried.
    mutating func pause(_ mailbox: Mailbox<TaskManagerService.Mail>) {
        failures += 1
        guard failures % addresses.count == 0 else { return }
        mailbox.wait(forMicroseconds: backoff.nextMicroseconds(using: &random))
    }

    /// Whether people should hear of the failure: the first, and then ever fewer.
    var shouldReport: Bool { failures & (failures &- 1) == 0 }

    mutating func reset() {
        backoff.reset()
        failures = 0
        // The leader that was lost may be the one that comes back.
        turn -= 1
    }
}
