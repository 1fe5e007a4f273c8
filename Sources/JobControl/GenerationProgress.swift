import Core
import Generators

/// Says how far a generator has come: a live line, or a line now and then, and a summary.
///
/// Used by the thread that writes.
final class GenerationProgress {
    private static let liveMicroseconds: Int64 = 500_000
    private static let lineMicroseconds: Int64 = 10_000_000

    private let log: EventLog
    private let clock: EventClock
    private let templates: [ChangeTemplate]
    private let time: any TimeSource
    private let startMicroseconds: Int64
    private let intervalMicroseconds: Int64
    private var lastShown: (atMicroseconds: Int64, changes: Int64)
    /// Changes made with each template.
    private var counts: [Int64]
    private var changes: Int64 = 0

    init(
        _ log: EventLog,
        _ clock: EventClock,
        _ templates: [ChangeTemplate],
        _ time: any TimeSource
    ) {
        self.log = log
        self.clock = clock
        self.templates = templates
        self.time = time
        startMicroseconds = time.monotonicMicroseconds
        lastShown = (startMicroseconds, 0)
        counts = Array(repeating: 0, count: templates.count)
        let isLive = log.console.isTerminal && log.form == .text
        intervalMicroseconds = isLive ? Self.liveMicroseconds : Self.lineMicroseconds
    }

    /// Counts changes that are committed.
    func add(_ transactions: [[RowChange]]) {
        for transaction in transactions {
            changes += Int64(transaction.count)
            for change in transaction { counts[change.template] += 1 }
        }
    }

    /// Shows the rate if it is time to.
    func show() {
        let now = time.monotonicMicroseconds
        let elapsed = now - lastShown.atMicroseconds
        guard elapsed >= intervalMicroseconds else { return }
        let rate = (changes - lastShown.changes) * 1_000_000 / elapsed
        lastShown = (now, changes)
        let eventTime = EventTimeText.text(clock.eventMicroseconds(ofChange: changes))
        let text = "\(changes) changes written, \(rate)/s, event time \(eventTime)"
        if log.console.isTerminal, log.form == .text {
            log.console.live(text)
        } else {
            log.write(
                "info",
                "progress",
                text,
                [("changes", .integer(changes)), ("changesPerSecond", .integer(rate))]
            )
        }
    }

    /// The last line: what was written in all.
    func end(_ verb: String) {
        log.console.endLive()
        let elapsed = max(1, time.monotonicMicroseconds - startMicroseconds)
        let rate = changes * 1_000_000 / elapsed
        let kinds = ChangeKind.allCases.map { kind in
            (kind, zip(templates, counts).filter { $0.0.kind == kind }.map(\.1).reduce(0, +))
        }
        let list = kinds.map { "\($1) \($0.rawValue)s" }.joined(separator: ", ")
        let eventTime = EventTimeText.text(clock.eventMicroseconds(ofChange: changes))
        log.write(
            "info",
            "finished",
            """
            \(verb) \(changes) changes in \(DurationText.short(microseconds: elapsed)) (\(rate)/s): \
            \(list); event time is \(eventTime).
            """,
            [("changes", .integer(changes)), ("changesPerSecond", .integer(rate))]
                + kinds.map { ("\($0.rawValue)s", .integer($1)) }
        )
    }
}
