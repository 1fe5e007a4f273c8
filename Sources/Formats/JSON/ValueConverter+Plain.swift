import Columnar

/// Conversions of plain text, for formats without types of their own: as Flink's `csv`.
extension ValueConverter {
    /// Converts a text into the value of a slot.
    ///
    /// - Returns: whether it has the form of the type.
    func convert(plain text: Span<UInt8>, _ slot: Int, _ row: Int) -> Bool {
        let target = unsafe table.slots + slot
        switch unsafe target.pointee.kind {
        case .text:
            guard JSONEscapes.isUTF8(text) else { return fail(.unexpected(.string), slot) }
            store(text, slot, row)
        case .date:
            guard let days = DateTimeText.sqlDate(text) else {
                return fail(.unexpected(.string), slot)
            }
            unsafe target.pointee.store(days, row)
        case .time:
            guard let nanoseconds = DateTimeText.time(text, secondsAreOptional: true) else {
                return fail(.unexpected(.string), slot)
            }
            let step = unsafe target.pointee.nanosecondStep
            let milliseconds = (nanoseconds - nanoseconds % step) / 1_000_000
            unsafe target.pointee.store(Int32(milliseconds), row)
        case .timestamp, .timestampUTC:
            let (lower, upper) = IntegerText.trimmed(text)
            return convert(scalar: text.extracting(lower..<upper), .string, slot, row)
        case .decimal64, .decimal128:
            // `new BigDecimal` takes no blanks around the number.
            guard let first = text.first, first > 0x20, text[text.count - 1] > 0x20 else {
                return fail(.unexpected(.string), slot)
            }
            return convert(scalar: text, .string, slot, row)
        default: return convert(scalar: text, .string, slot, row)
        }
        return true
    }

    /// Where the elements of a row's list start.
    func offset(_ slot: Int, _ row: Int) -> Int { unsafe table.slots[slot].offset(row) }

    /// Ends the list of a row at an element.
    func end(_ slot: Int, _ row: Int, at offset: Int) {
        unsafe table.slots[slot].end(row, at: offset)
    }

    /// Notes that a ROW is not NULL.
    func setPresent(_ slot: Int, _ row: Int) {
        unsafe table.slots[slot].setValid(row)
    }
}

extension Span where Element == UInt8 {
    /// The first byte, if there is one.
    var first: UInt8? { isEmpty ? nil : self[0] }
}
