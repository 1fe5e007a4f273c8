import Synchronization

/// A time zone: the offset from UTC at every moment, past and future.
///
/// Zones come from the system's compiled files (RFC 8536) or are fixed offsets.
package struct ZoneRules: Sendable {
    /// The name that the zone was asked for by.
    package let id: String
    private let table: ZoneTable
    /// The offset in seconds, when it never changes.
    package let fixedOffsetSeconds: Int?

    private init(id: String, table: ZoneTable) {
        self.id = id
        self.table = table
        fixedOffsetSeconds = table.isFixed ? Int(table.initialOffset) : nil
    }

    /// Coordinated universal time.
    package static let utc = ZoneRules(id: "UTC", table: ZoneTable(fixedOffset: 0))

    private static let loaded = Mutex<[String: ZoneRules]>([:])

    /// A zone by name, such as `Europe/Paris`, `UTC`, `GMT+08:00` or `+05:30`; nil if unknown.
    package init?(named id: String) {
        if let known = ZoneRules.loaded.withLock({ $0[id] }) {
            self = known
            return
        }
        guard let table = ZoneRules.table(id) else { return nil }
        let zone = ZoneRules(id: id, table: table)
        ZoneRules.loaded.withLock { $0[id] = zone }
        self = zone
    }

    private static func table(_ id: String) -> ZoneTable? {
        if let seconds = ZoneNames.fixedOffset(id) { return ZoneTable(fixedOffset: seconds) }
        return ZoneFile.load(ZoneNames.region(id))
    }

    /// A zone as Java's `TimeZone.getTimeZone` finds it: what is unknown is GMT.
    static func lenient(_ id: String) -> ZoneRules {
        if id.first == "+" || id.first == "-" { return .utc }
        return ZoneRules(named: id) ?? .utc
    }

    /// Seconds east of UTC at a moment.
    package func offset(atUTC seconds: Int64) -> Int {
        fixedOffsetSeconds ?? Int(table.span(atUTC: seconds).offset)
    }

    /// Seconds east of UTC for a local date and time.
    ///
    /// In a gap it is the offset before it, in an overlap the earlier of the two, as Java's
    /// `LocalDateTime.atZone`.
    package func offset(atLocal seconds: Int64) -> Int {
        fixedOffsetSeconds ?? Int(table.offset(atLocal: seconds))
    }

    /// The local time of a moment, both in units of a fraction of a second.
    package func local(fromUTC value: Int64, unitsPerSecond units: Int64) -> Int64 {
        value &+ Int64(offset(atUTC: value.zoneSeconds(units))) &* units
    }

    /// The moment of a local time, both in units of a fraction of a second.
    package func utc(fromLocal value: Int64, unitsPerSecond units: Int64) -> Int64 {
        value &- Int64(offset(atLocal: value.zoneSeconds(units))) &* units
    }

    /// A lookup that remembers the last period, for loops over neighbouring times.
    package func cursor(unitsPerSecond units: Int64) -> ZoneCursor {
        ZoneCursor(self, units)
    }

    fileprivate func span(atUTC seconds: Int64) -> ZoneTable.Period {
        table.span(atUTC: seconds)
    }
}

/// Converts many times, remembering the period of the last one.
package struct ZoneCursor {
    private let zone: ZoneRules
    private let units: Int64
    private var period = ZoneTable.Period(start: 1, end: 0, offset: 0)

    init(_ zone: ZoneRules, _ units: Int64) {
        self.zone = zone
        self.units = units
    }

    /// The local time of a moment.
    package mutating func local(fromUTC value: Int64) -> Int64 {
        let seconds = value.zoneSeconds(units)
        if seconds < period.start || seconds >= period.end {
            period = zone.span(atUTC: seconds)
        }
        return value &+ Int64(period.offset) &* units
    }

    /// The moment of a local time.
    package mutating func utc(fromLocal value: Int64) -> Int64 {
        // Away from the ends of the period there is one answer.
        let guess = value.zoneSeconds(units) &- Int64(period.offset)
        if period.start < period.end, guess &- 86_400 >= period.start,
            guess &+ 86_400 < period.end
        {
            return value &- Int64(period.offset) &* units
        }
        let result = zone.utc(fromLocal: value, unitsPerSecond: units)
        period = zone.span(atUTC: result.zoneSeconds(units))
        return result
    }
}

extension Int64 {
    /// Whole seconds of a time in units of a fraction of a second, rounded down.
    fileprivate func zoneSeconds(_ units: Int64) -> Int64 {
        let quotient = self / units
        return self < 0 && quotient &* units != self ? quotient &- 1 : quotient
    }
}
