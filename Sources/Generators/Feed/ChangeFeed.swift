package import Core

/// Drives a generator: takes changes when they are due and hands them on in small transactions.
///
/// After a stall everything that is owed is made up for, in transactions of the usual size.
package struct ChangeFeed<Generator: ChangeGenerator> {
    /// How much and how fast.
    package struct Settings: Sendable {
        /// Nil writes as fast as the database takes it.
        package var pace: ChangeSchedule?
        package var eventClock: EventClock
        /// Stops once so many changes are made; nil goes on for ever.
        package var changesMax: Int64?
        /// Changes of one transaction, unless more belong together.
        package var transactionChangesMax = 10

        package init(pace: ChangeSchedule?, eventClock: EventClock, changesMax: Int64? = nil) {
            self.pace = pace
            self.eventClock = eventClock
            self.changesMax = changesMax
        }
    }

    private var generator: Generator
    private let settings: Settings
    private let time: any TimeSource
    /// Changes made so far.
    package private(set) var changes: Int64 = 0

    package init(_ generator: Generator, _ settings: Settings, time: any TimeSource) {
        self.generator = generator
        self.settings = settings
        self.time = time
    }

    /// Runs to the end, or until a pause says that it has to stop.
    ///
    /// - Parameters:
    ///   - apply: delivers transactions in order; when it returns, they are committed.
    ///   - pause: waits for so many microseconds, possibly 0; true ends the run. It is called after
    ///     each delivery.
    /// - Throws: what `apply` throws.
    package mutating func run<Problem: Error>(
        apply: ([[RowChange]]) throws(Problem) -> Void,
        pause: (Int64) -> Bool
    ) throws(Problem) {
        let start = time.monotonicMicroseconds
        while !isComplete {
            let owed = allowance(time.monotonicMicroseconds - start)
            if owed > 0 { try apply(take(owed)) }
            if pause(isComplete ? 0 : idleMicroseconds(time.monotonicMicroseconds - start)) {
                return
            }
        }
    }

    private var isComplete: Bool {
        settings.changesMax.map { changes >= $0 } ?? false
    }

    /// How many changes to make now.
    private func allowance(_ elapsed: Int64) -> Int {
        let due = settings.pace?.changesDue(afterMicroseconds: elapsed) ?? .max
        let wanted = min(due, settings.changesMax ?? .max)
        return Int(min(max(0, wanted - changes), Int64(Limits.pipelineChangesMax)))
    }

    /// How long nothing, or too little to be worth a message, is due.
    private func idleMicroseconds(_ elapsed: Int64) -> Int64 {
        guard let pace = settings.pace else { return 0 }
        if pace.changesDue(afterMicroseconds: elapsed) > changes { return 0 }
        let next = pace.microsecondsUntil(changes: changes + 1) - elapsed
        return min(max(next, Limits.pauseMicrosecondsMin), Limits.pauseMicrosecondsMax)
    }

    /// The next changes as transactions: at least `count`, with what belongs together.
    private mutating func take(_ count: Int) -> [[RowChange]] {
        var transactions: [[RowChange]] = []
        var open: [RowChange] = []
        let end = changes + Int64(count)
        while changes < end {
            let now = settings.eventClock.eventMicroseconds(ofChange: changes)
            let group = generator.next(eventMicroseconds: now)
            changes += Int64(group.count)
            open += group
            if open.count >= settings.transactionChangesMax {
                transactions.append(open)
                open.removeAll(keepingCapacity: true)
            }
        }
        if !open.isEmpty { transactions.append(open) }
        return transactions
    }
}
