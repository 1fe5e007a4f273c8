/// The wire form of a batch: its columns as they lie in memory, without names or types.
///
/// The receiver knows the types from the job graph. All numbers are little-endian and nothing is
/// aligned. docs/PROTOCOL.md has an example of each part.
///
/// ```
/// u32 rows · u16 columns · u8 kinds (0 all +I, 1 one byte a row follows) · [kinds] · column…
/// column = u8 form (0 values, 1 validity and values, 2 every row NULL) · [validity] · [values]
/// values = fixed width: as they are        BOOLEAN, validity: bits in ceil(rows / 8) bytes
///          text, bytes: rows × u32 end · bytes
///          ARRAY: rows × u32 end · column of elements      ROW: a column for each field
///          MAP, MULTISET: rows × u32 end · column of keys · column of values
/// ```
extension RecordBatch {
    /// Appends the wire form; the free space must be at least `wireSize.byteCount`.
    package func writeWire(into target: inout OutputRawSpan) {
        unsafe target.withUnsafeMutableBytes { bytes, initializedCount in
            guard let base = bytes.baseAddress else {
                preconditionFailure("a batch takes at least 7 bytes")
            }
            var output = unsafe WireOutput(
                base + initializedCount,
                capacity: bytes.count - initializedCount
            )
            write(to: &output)
            initializedCount += output.byteCount
        }
    }

    private func write(to output: inout WireOutput) {
        precondition(count <= WireLimits.rowsMax, "a batch on the wire is sent in pieces")
        output.append(UInt32(count))
        output.append(UInt16(columns.count))
        switch kinds {
        case .insertOnly: output.append(0 as UInt8)
        case .mixed(let kinds):
            output.append(1 as UInt8)
            output.append(kinds)
        }
        for column in columns { column.write(to: &output) }
    }

    /// Reads one batch that takes up all of the bytes.
    ///
    /// Throws when they are not exactly one batch of these types; hostile bytes are read within
    /// their bounds and make it allocate a small multiple of their length at most.
    package static func readWire(
        _ bytes: RawSpan,
        types: [DataType]
    ) throws(WireError) -> RecordBatch {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(WireError) in
            guard let base = buffer.baseAddress else { throw WireError("The batch has no bytes.") }
            var input = unsafe WireInput(base, count: buffer.count)
            return try read(&input, types)
        }
    }

    /// Reads one batch that takes up all of the bytes.
    package static func readWire(
        _ bytes: Span<UInt8>,
        types: [DataType]
    ) throws(WireError) -> RecordBatch {
        try readWire(unsafe bytes.bytes, types: types)
    }

    private static func read(
        _ input: inout WireInput,
        _ types: [DataType]
    ) throws(WireError) -> RecordBatch {
        let rows = Int(try input.integer("the number of rows") as UInt32)
        guard rows <= WireLimits.rowsMax else {
            throw WireError(
                "The batch has \(rows) rows; at most \(WireLimits.rowsMax) are allowed."
            )
        }
        let columnCount = Int(try input.integer("the number of columns") as UInt16)
        guard columnCount == types.count else {
            throw WireError(
                "The batch has \(columnCount) columns; the job has \(types.count) here."
            )
        }
        let kinds = try readKinds(&input, rows)
        var columns: [Column] = []
        columns.reserveCapacity(columnCount)
        for type in types { columns.append(try Column.read(&input, type, rows)) }
        guard input.remaining == 0 else {
            throw WireError("\(input.remaining) bytes are left behind the last column.")
        }
        return RecordBatch(columns, count: rows, kinds: kinds)
    }

    private static func readKinds(
        _ input: inout WireInput,
        _ rows: Int
    ) throws(WireError) -> RowKinds {
        let form: UInt8 = try input.integer("the form of the row kinds")
        if form == 0 { return .insertOnly }
        guard form == 1 else { throw WireError("Row kinds of form \(form) are unknown.") }
        let kinds: FixedValues<UInt8> = try input.values(rows)
        let span = kinds.span
        var all: UInt8 = 0
        for row in span.indices { all |= span[row] }
        guard all <= 3 else { throw WireError("A row kind is larger than 3.") }
        return .mixed(kinds)
    }
}
