/// The offsets of one zone: a list of transitions, then a rule for all later years.
final class ZoneTable: Sendable {
    /// Moments at which the offset changes, rising, in seconds since 1970.
    private let transitions: [Int64]
    /// The offset from each transition on.
    private let offsets: [Int32]
    /// The offset before the first transition.
    let initialOffset: Int32
    private let rule: PosixZoneRule?

    /// A stretch of time with one offset: from `start` up to but not including `end`.
    struct Period {
        let start: Int64
        let end: Int64
        let offset: Int32
    }

    init(transitions: [Int64], offsets: [Int32], initialOffset: Int32, rule: PosixZoneRule?) {
        precondition(transitions.count == offsets.count, "one offset for each transition")
        self.transitions = transitions
        self.offsets = offsets
        self.initialOffset = initialOffset
        self.rule = rule
    }

    convenience init(fixedOffset: Int) {
        self.init(transitions: [], offsets: [], initialOffset: Int32(fixedOffset), rule: nil)
    }

    var isFixed: Bool {
        transitions.isEmpty && rule?.daylight == nil
            && (rule == nil || rule?.standardOffset == initialOffset)
    }

    /// The period that holds a moment.
    func span(atUTC seconds: Int64) -> Period {
        guard let last = transitions.last else { return afterTransitions(seconds, from: .min) }
        if seconds >= last { return afterTransitions(seconds, from: last) }
        // The first transition that is later than the moment.
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? .min : transitions[low - 1]
        let offset = low == 0 ? initialOffset : offsets[low - 1]
        return Period(start: start, end: transitions[low], offset: offset)
    }

    private func afterTransitions(_ seconds: Int64, from start: Int64) -> Period {
        guard let rule else {
            return Period(start: start, end: .max, offset: offsets.last ?? initialOffset)
        }
        let period = rule.period(atUTC: seconds)
        return Period(
            start: max(start, period.start),
            end: period.end,
            offset: period.offset
        )
    }

    /// The offset for a local time; before a gap, and earlier in an overlap.
    func offset(atLocal seconds: Int64) -> Int32 {
        // Offsets are less than a day, so the transition is at most a day away.
        let early = span(atUTC: seconds - 86_400)
        var period = early
        var previous = early
        while true {
            let moment = seconds - Int64(period.offset)
            if moment < period.end {
                return moment >= period.start ? period.offset : previous.offset
            }
            previous = period
            period = span(atUTC: period.end)
        }
    }
}
