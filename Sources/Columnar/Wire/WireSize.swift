/// How large a batch is on the wire.
package struct WireSize: Equatable, Sendable {
    /// The bytes that `writeWire` writes.
    package internal(set) var byteCount = 0
    /// The rows of the longest column that takes no bytes of its own.
    package internal(set) var byteFreeRows = 0

    /// Whether a receiver accepts a batch of so many rows and this size.
    func isAccepted(rows: Int, byteCountMax: Int) -> Bool {
        byteCount <= byteCountMax && rows <= WireLimits.rowsMax
            && byteFreeRows <= WireLimits.byteFreeRowsMax
    }
}

extension RecordBatch {
    /// The exact size of the wire form.
    package var wireSize: WireSize {
        var size = WireSize(byteCount: 7)
        if case .mixed = kinds { size.byteCount += count }
        for column in columns { column.add(to: &size) }
        return size
    }

    /// This batch in pieces of which each fits into a frame; one piece, itself, as a rule.
    ///
    /// Throws when a single row does not fit.
    package func wirePieces(byteCountMax: Int) throws(WireError) -> [RecordBatch] {
        let size = wireSize
        if size.isAccepted(rows: count, byteCountMax: byteCountMax) { return [self] }
        guard count > 1 else {
            throw WireError(
                "A row of \(size.byteCount) bytes does not fit into a frame, which holds "
                    + "\(byteCountMax) bytes and \(WireLimits.byteFreeRowsMax) nested NULLs. "
                    + "Drop its largest column before the exchange or raise the frame limit."
            )
        }
        let middle = count / 2
        let left = try slice(0..<middle).wirePieces(byteCountMax: byteCountMax)
        return left + (try slice(middle..<count).wirePieces(byteCountMax: byteCountMax))
    }
}

extension Column {
    /// Adds the bytes that this column takes.
    func add(to size: inout WireSize) {
        size.byteCount += 1
        if case .null = values {
            size.byteFreeRows = max(size.byteFreeRows, count)
            return
        }
        if validity != nil { size.byteCount += (count + 7) / 8 }
        switch values {
        case .null: break
        case .bits: size.byteCount += (count + 7) / 8
        case .int8: size.byteCount += count
        case .int16: size.byteCount += 2 * count
        case .int32, .float: size.byteCount += 4 * count
        case .int64, .double: size.byteCount += 8 * count
        case .int128: size.byteCount += 16 * count
        case .bytes(let values): size.byteCount += 4 * count + values.totalLength
        case .list(let lists):
            size.byteCount += 4 * count
            lists.elements.slice(Offsets.range(lists.offsets)).add(to: &size)
        case .map(let maps):
            size.byteCount += 4 * count
            let range = Offsets.range(maps.offsets)
            maps.keys.slice(range).add(to: &size)
            maps.values.slice(range).add(to: &size)
        case .row(let fields):
            if fields.isEmpty { size.byteFreeRows = max(size.byteFreeRows, count) }
            for field in fields { field.add(to: &size) }
        }
    }
}
