import Columnar

/// Decodes JSON objects into rows: one object, one row.
final class JSONRecordDecoder: RecordDecoder {
    private var scanner: RecordScanner
    private let table: SlotTable
    private let rowSlots: [Int]
    private let columns: ProjectedColumns
    private let shape: ObjectShape
    private let converter: ValueConverter
    private let errors: any UndecodableRecords
    /// Reads every record the strict way; for tests.
    private let isAlwaysStrict: Bool
    /// Holds a message with a newline behind it.
    private let messageBlock = ByteBlock(capacity: 4096)

    private(set) var rowCount = 0
    private(set) var lastRecordRows = 0
    private(set) var lastRecordOffset: Int64 = 0
    private var counts = DecoderStatistics()

    var statistics: DecoderStatistics {
        var counts = counts
        counts.ignoredFields = converter.ignoredFields
        return counts
    }

    init(
        _ projection: TableProjection,
        _ options: ReadingOptions,
        errors: any UndecodableRecords,
        isAlwaysStrict: Bool = false
    ) {
        table = SlotTable(capacity: projection.fields.reduce(0) { $0 + $1.slotCount })
        for field in projection.fields {
            field.addSlots(to: table, path: field.name, separator: options.separator) { _ in
                ValueEncoding()
            }
        }
        converter = ValueConverter(table, options)
        let entries = projection.fields.map { ScanPlan.Entry.field($0) }
        scanner = RecordScanner(ScanPlan(entries, table), converter)
        shape = ObjectShape(projection.fields)
        rowSlots = projection.fields.flatMap(\.rowSlots)
        columns = ProjectedColumns(projection, table)
        self.errors = options.ignoresErrors && errors.stopsJob ? IgnoringRecords() : errors
        self.isAlwaysStrict = isAlwaysStrict
    }

    func decodeLines(
        of block: ByteBlock,
        _ range: LineRange
    ) throws(FormatError) -> LineProgress {
        guard var cursor = LineCursor(block, range) else { return .needsBytes }
        defer { block.consume(cursor.consumed) }
        let limit = min(range.rowLimit, FormatLimits.batchRowsMax)
        for slot in rowSlots { table.reserve(slot, rows: limit + 2) }
        while rowCount < limit {
            if !isAlwaysStrict {
                let count = scanner.scanLines(&cursor, from: rowCount, limit: limit)
                if count > 0 { unsafe passed(count, at: cursor.offset(cursor.last)) }
                if rowCount == limit { break }
            }
            let line = unsafe cursor.next
            guard cursor.skipEmptyLines() else { return .needsBytes }
            if unsafe cursor.next > cursor.lastStart { return .rangeEnded }
            if unsafe cursor.next > line, !isAlwaysStrict { continue }
            try decodeLineStrictly(&cursor)
        }
        return .rowLimitReached
    }

    private func passed(_ records: Int, at offset: Int64) {
        rowCount += records
        counts.records += records
        lastRecordRows = 1
        lastRecordOffset = offset
    }

    private func decodeLineStrictly(_ cursor: inout LineCursor) throws(FormatError) {
        let line = unsafe cursor.next
        let newline = unsafe cursor.newline(line)
        unsafe cursor.next = unsafe newline + 1
        unsafe cursor.last = unsafe line
        counts.records += 1
        lastRecordOffset = unsafe cursor.offset(line)
        let record = unsafe Span(_unsafeStart: line, count: cursor.length(line, newline))
        try decodeStrictly(record, at: lastRecordOffset)
    }

    func decode(message: Span<UInt8>?, at offset: Int64) throws(FormatError) {
        lastRecordRows = 0
        lastRecordOffset = offset
        counts.records += 1
        guard let message, message.count > 0 else {
            counts.withoutRow += 1
            return
        }
        for slot in rowSlots { table.reserve(slot, rows: rowCount + 2) }
        messageBlock.reset()
        messageBlock.append(message)
        unsafe messageBlock.base[message.count] = UInt8(ascii: "\n")
        let text = unsafe UnsafePointer(messageBlock.base)
        if !isAlwaysStrict, let end = unsafe scanner.scanRecord(text, rowCount),
            unsafe end - text == message.count
        {
            rowCount += 1
            lastRecordRows = 1
            return
        }
        try decodeStrictly(message, at: offset)
    }

    /// Reads a record with all checks, which either gives its row or the reason why not.
    private func decodeStrictly(
        _ record: Span<UInt8>,
        at offset: Int64
    ) throws(FormatError) {
        lastRecordRows = 0
        converter.failure = nil
        if readStrictly(record) {
            rowCount += 1
            lastRecordRows = 1
            return
        }
        counts.undecodable += 1
        try errors.take(record, at: offset, FailureText.error(converter.failure, table))
    }

    private func readStrictly(_ record: Span<UInt8>) -> Bool {
        do {
            try converter.tree.parse(record)
        } catch {
            return converter.fail(.syntax(error), -1)
        }
        return converter.convert(object: 0, record, shape, rowCount)
    }

    func finishBatch() -> RecordBatch {
        let count = rowCount
        rowCount = 0
        return RecordBatch(columns.take(count: count), count: count)
    }
}
