import Columnar

/// Decodes CSV records into rows: one record, one row.
final class CSVRecordDecoder: RecordDecoder {
    /// What became of one record.
    private enum Outcome {
        case row
        case failed(FormatError)
        case needsBytes
    }

    private var tokenizer: CSVTokenizer
    private let allowsComments: Bool
    private let reader: CSVRowReader
    private let errors: any UndecodableRecords
    private let columnCount: Int
    /// How many of the columns the query needs.
    private let neededCount: Int
    private let ignoresErrors: Bool

    private(set) var rowCount = 0
    private(set) var lastRecordRows = 0
    private(set) var lastRecordOffset: Int64 = 0
    private var counts = DecoderStatistics()

    var statistics: DecoderStatistics {
        var counts = counts
        counts.ignoredFields = reader.ignoredFields
        return counts
    }

    init(
        _ table: TableDefinition,
        _ projection: ScanProjection,
        _ options: CSVOptions,
        errors: any UndecodableRecords
    ) {
        tokenizer = CSVTokenizer(options)
        allowsComments = options.allowsComments
        ignoresErrors = options.ignoresErrors
        reader = CSVRowReader(table, projection, options)
        columnCount = table.columns.count { $0.metadataKey == nil }
        neededCount = reader.neededCount
        self.errors = options.ignoresErrors && errors.stopsJob ? IgnoringRecords() : errors
    }

    func decodeLines(
        of block: ByteBlock,
        _ range: LineRange
    ) throws(FormatError) -> LineProgress {
        var next = 0
        defer { block.consume(next) }
        let bytes = block.unread
        let origin = block.position
        let limit = min(range.rowLimit, FormatLimits.batchRowsMax)
        reader.reserve(rows: limit + 2)
        if origin == 0 { next = Self.markLength(bytes) }
        while rowCount < limit {
            guard let start = recordStart(bytes, next, isAtEnd: range.isAtEnd) else {
                next = skipped(bytes, next, isAtEnd: range.isAtEnd)
                return .needsBytes
            }
            next = start
            if origin + Int64(start) > range.lastStart { return .rangeEnded }
            let (outcome, end) = decodeRecord(bytes, start, isAtEnd: range.isAtEnd)
            if case .needsBytes = outcome { return .needsBytes }
            next = end
            try finish(outcome, bytes.extracting(start..<end), at: origin + Int64(start))
        }
        return .rowLimitReached
    }

    func decode(message: Span<UInt8>?, at offset: Int64) throws(FormatError) {
        lastRecordRows = 0
        lastRecordOffset = offset
        guard let message,
            let start = recordStart(message, Self.markLength(message), isAtEnd: true)
        else {
            counts.records += 1
            counts.withoutRow += 1
            return
        }
        reader.reserve(rows: rowCount + 2)
        let (outcome, _) = decodeRecord(message, start, isAtEnd: true)
        try finish(outcome, message, at: offset)
    }

    /// The length of a byte-order mark at the front.
    private static func markLength(_ bytes: Span<UInt8>) -> Int {
        guard bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF else {
            return 0
        }
        return 3
    }

    private func recordStart(_ bytes: Span<UInt8>, _ start: Int, isAtEnd: Bool) -> Int? {
        guard start < bytes.count else { return nil }
        guard allowsComments else { return start }
        let (position, isRecord) = tokenizer.skippingComments(bytes, start, isAtEnd: isAtEnd)
        return isRecord ? position : nil
    }

    private func skipped(_ bytes: Span<UInt8>, _ start: Int, isAtEnd: Bool) -> Int {
        guard allowsComments, start < bytes.count else { return start }
        return tokenizer.skippingComments(bytes, start, isAtEnd: isAtEnd).start
    }

    private func finish(
        _ outcome: Outcome,
        _ record: Span<UInt8>,
        at offset: Int64
    ) throws(FormatError) {
        counts.records += 1
        lastRecordOffset = offset
        guard case .failed(let error) = outcome else {
            rowCount += 1
            lastRecordRows = 1
            return
        }
        lastRecordRows = 0
        counts.undecodable += 1
        try errors.take(Self.withoutLineEnd(record), at: offset, error)
    }

    @_lifetime(copy record)
    private static func withoutLineEnd(_ record: Span<UInt8>) -> Span<UInt8> {
        var count = record.count
        if count > 0, record[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        if count > 0, record[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        return record.extracting(first: count)
    }

    /// Reads the record that starts at a position; also where the next one does.
    private func decodeRecord(
        _ bytes: Span<UInt8>,
        _ start: Int,
        isAtEnd: Bool
    ) -> (Outcome, end: Int) {
        let ignoredBefore = reader.ignoredFields
        var failure: FormatError?
        var position = start
        var column = 0
        while true {
            let field = tokenizer.field(bytes, position, isAtEnd: isAtEnd)
            switch field.end {
            case .needsBytes:
                reader.ignoredFields = ignoredBefore
                return (.needsBytes, start)
            case .failed(let message):
                reader.ignoredFields = ignoredBefore
                guard let end = tokenizer.behindLine(bytes, field.next, isAtEnd: isAtEnd) else {
                    return (.needsBytes, start)
                }
                return (.failed(FormatError("\(message).")), end)
            case .delimiter, .record:
                // The number of fields counts before what is in them.
                if failure == nil || column >= columnCount {
                    failure = take(field, bytes, column) ?? failure
                }
            }
            position = field.next
            column += 1
            if field.end == .record { break }
        }
        if let failure = complete(count: column) ?? failure {
            reader.ignoredFields = ignoredBefore
            return (.failed(failure), position)
        }
        return (.row, position)
    }

    /// Converts one field; the reason when that is not possible.
    private func take(
        _ field: CSVTokenizer.Field,
        _ bytes: Span<UInt8>,
        _ column: Int
    ) -> FormatError? {
        guard column < columnCount else {
            // One empty field behind the last column is allowed: a delimiter at the line's end.
            if column == columnCount, field.end == .record, isBlank(field, bytes) { return nil }
            return FormatError(
                "Too many entries: expected at most \(columnCount) (value #\(column))."
            )
        }
        if field.isInScratch {
            let text = tokenizer.scratch
            return reader.read(text.span, column, rowCount)
        }
        return reader.read(bytes.extracting(field.range), column, rowCount)
    }

    private func isBlank(_ field: CSVTokenizer.Field, _ bytes: Span<UInt8>) -> Bool {
        if field.isInScratch { return tokenizer.scratch.allSatisfy { $0 <= 0x20 } }
        return field.range.allSatisfy { bytes[$0] <= 0x20 }
    }

    /// Fills columns that the record lacks.
    private func complete(count: Int) -> FormatError? {
        if count >= columnCount { return nil }
        // As in Flink: records may lack columns as long as they have as many as the query needs.
        if count < neededCount, !ignoresErrors {
            return FormatError(
                """
                Row length mismatch. \(neededCount) fields expected but was \(count). The table \
                has \(columnCount) columns.
                """
            )
        }
        for column in count..<columnCount { reader.readMissing(column, rowCount) }
        return nil
    }

    func finishBatch() -> RecordBatch {
        let count = rowCount
        rowCount = 0
        return RecordBatch(reader.takeColumns(count: count), count: count)
    }
}
