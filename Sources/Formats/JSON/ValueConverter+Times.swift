import Columnar

extension ValueConverter {
    /// The instants that PostgreSQL's driver, and so Debezium, sends for infinity: milliseconds.
    private static let infinityMilliseconds: (positive: Int64, negative: Int64) = (
        9_223_372_036_825_200_000, -9_223_372_036_832_400_000
    )

    /// Converts a date, a time of day or a timestamp.
    func convert(
        time text: Span<UInt8>,
        _ token: JSONToken,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let target = unsafe table.slots + slot
        let encoding = unsafe target.pointee.encoding
        if token == .integer, encoding.epochUnit != .none {
            guard let number = IntegerText.parse(text),
                convert(epoch: number, encoding.epochUnit, slot, row)
            else { return fail(.unexpected(token), slot) }
            return true
        }
        switch unsafe target.pointee.kind {
        case .date:
            guard let days = DateTimeText.date(text) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(days, row)
        case .time:
            var parsed = DateTimeText.time(text)
            if parsed == nil, encoding.isLenientTime { parsed = DateTimeText.anyTime(text) }
            guard let nanoseconds = parsed else { return fail(.unexpected(token), slot) }
            store(timeOfDay: nanoseconds, slot, row)
        default:
            guard let value = timestamp(text, slot) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        }
        return true
    }

    private func timestamp(_ text: Span<UInt8>, _ slot: Int) -> Int64? {
        let precision = unsafe Int(table.slots[slot].precision)
        let style: DateTimeText.Style = options.isISO ? .iso : .sql
        var parsed: DateTimeText.LocalDateTime?
        if unsafe table.slots[slot].kind == .timestampUTC {
            parsed = DateTimeText.utcTimestamp(text, options.isISO ? .isoUTC : .sql)
        } else {
            parsed = DateTimeText.timestamp(text, style)
        }
        if parsed == nil, unsafe table.slots[slot].encoding.isLenientTime {
            parsed = DateTimeText.anyTimestamp(text)
            if parsed == nil { return Self.infinity(text, precision: precision) }
        }
        return parsed?.value(precision: precision)
    }

    /// `infinity` and `-infinity` as the number that Debezium sends for a TIMESTAMP.
    private static func infinity(_ text: Span<UInt8>, precision: Int) -> Int64? {
        let isNegative = text.count == 9
        let word = Array((isNegative ? "-infinity" : "infinity").utf8)
        guard text.count == word.count,
            text.indices.allSatisfy({ text[$0] | 0x20 == word[$0] | 0x20 })
        else { return nil }
        return isNegative ? infinityMilliseconds.negative : infinityMilliseconds.positive
    }

    private func store(timeOfDay nanoseconds: Int64, _ slot: Int, _ row: Int) {
        let step = unsafe table.slots[slot].nanosecondStep
        let milliseconds = (nanoseconds - nanoseconds % step) / 1_000_000
        unsafe table.slots[slot].store(Int32(milliseconds), row)
    }

    /// Stores a number of days, or of units of time since midnight or since 1970.
    func convert(epoch number: Int64, _ unit: EpochUnit, _ slot: Int, _ row: Int) -> Bool {
        let target = unsafe table.slots + slot
        switch unsafe target.pointee.kind {
        case .date:
            guard unit == .days, let days = Int32(exactly: number) else { return false }
            unsafe target.pointee.store(days, row)
        case .time:
            guard unit != .days, number >= 0, number < 86_400 * unit.perSecond else {
                return false
            }
            store(timeOfDay: number * (1_000_000_000 / unit.perSecond), slot, row)
        default:
            guard unit != .days else { return false }
            let units = unsafe DataType.timestampUnitsPerSecond(
                precision: Int(target.pointee.precision)
            )
            let step = unsafe max(1, target.pointee.nanosecondStep / (1_000_000_000 / units))
            let value: Int64
            if unit.perSecond <= units {
                let (product, overflow) = number.multipliedReportingOverflow(
                    by: units / unit.perSecond
                )
                // Infinite timestamps are the same extreme number in every unit.
                value = overflow ? number : product
                if overflow, !Self.isInfinity(number) { return false }
            } else {
                value = number.flooredDivision(by: unit.perSecond / units)
            }
            unsafe target.pointee.store(value - value.flooredRemainder(by: step), row)
        }
        return true
    }

    private static func isInfinity(_ number: Int64) -> Bool {
        number == infinityMilliseconds.positive || number == infinityMilliseconds.negative
    }
}
