/// What has been seen of a change event while it is read.
struct EnvelopeState: BitwiseCopyable {
    /// A row of the table before or after a change.
    enum Image: UInt8 {
        case missing
        case null
        case present
    }

    var before = Image.missing
    var after = Image.missing
    /// The letter of the operation; 0 when there was none.
    var operation: UInt8 = 0
}

/// The rows of one change event.
enum EventRows: Equatable {
    /// One row of this kind.
    case one(UInt8)
    /// The old and the new image of an update.
    case update
    /// Anything unusual.
    case unknown
}

extension EnvelopeState {
    /// The rows that the scanner has read for this event.
    ///
    /// - `isUpsert`: whether updates may come without their old image.
    @inline(always)
    func rows(isUpsert: Bool) -> EventRows {
        switch operation {
        case UInt8(ascii: "c"), UInt8(ascii: "r"):
            return before == .null && after == .present ? .one(0) : .unknown
        case UInt8(ascii: "u"):
            guard after == .present else { return .unknown }
            if before == .present { return .update }
            return isUpsert && before == .null ? .one(2) : .unknown
        case UInt8(ascii: "d"):
            return before == .present && after != .present ? .one(3) : .unknown
        default: return .unknown
        }
    }
}

extension RecordScanner {
    /// Reads change events up to one that is unusual.
    ///
    /// - Parameters:
    ///   - lines: one event a line.
    ///   - row: the row of the first event.
    ///   - limit: no event is begun at or behind this row.
    ///   - eventLimit: the most events to read.
    ///   - isUpsert: whether updates may come without their old image.
    ///   - kinds: gets the kind of each row.
    /// - Returns: the number of events read.
    mutating func scanEvents(
        _ lines: inout LineCursor,
        from row: Int,
        limit: Int,
        eventLimit: Int,
        isUpsert: Bool,
        _ kinds: inout [UInt8]
    ) -> Int {
        var row = row
        var count = 0
        while row < limit, count < eventLimit, unsafe lines.next < lines.limit,
            unsafe lines.next <= lines.lastStart
        {
            guard let newline = unsafe scanEvent(lines.next, row, isUpsert: isUpsert, &kinds) else {
                break
            }
            unsafe lines.last = unsafe lines.next
            unsafe lines.next = unsafe newline + 1
            row = kinds.count
            count &+= 1
        }
        return count
    }

    /// Reads one change event up to its newline.
    @inline(always)
    mutating func scanEvent(
        _ text: Bytes,
        _ row: Int,
        isUpsert: Bool,
        _ kinds: inout [UInt8]
    ) -> Bytes? {
        envelope = EnvelopeState()
        guard let newline = unsafe scanRecord(text, row) else { return nil }
        switch envelope.rows(isUpsert: isUpsert) {
        case .one(let kind): kinds.append(kind)
        case .update:
            kinds.append(1)
            kinds.append(2)
        case .unknown: return nil
        }
        return unsafe newline
    }

    @inline(never)
    mutating func scanOperation(_ text: Bytes) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\""), unsafe text[2] == UInt8(ascii: "\""),
            unsafe text[1] > 0x20,
            unsafe text[1] < 0x7F, unsafe text[1] != UInt8(ascii: "\\"),
            unsafe text[1] != UInt8(ascii: "\"")
        else { return nil }
        envelope.operation = unsafe text[1]
        return unsafe text + 3
    }

    /// Passes a description that is, byte for byte, the one of the record before.
    @inline(never)
    mutating func scanSchema(_ text: Bytes) -> Bytes? {
        guard !schema.isEmpty else { return nil }
        let count = schema.count
        let isEqual = unsafe schema.withUnsafeBufferPointer { known -> Bool in
            guard let known = known.baseAddress else { return false }
            // The newline of this record ends the comparison before the padding does.
            var index = 0
            while index &+ 32 <= count {
                if unsafe (known + index).block != (text + index).block { return false }
                index &+= 32
            }
            while index < count {
                if unsafe known[index] != text[index] { return false }
                index &+= 1
            }
            return true
        }
        return unsafe isEqual ? text + count : nil
    }
}
