import Columnar

/// Decodes Debezium's change events into rows of a changelog.
///
/// An event gives one row, two for an update with its old image, or none. The scanner reads the
/// usual ones; what it leaves is read as a tree by `EventReader`.
final class EventDecoder: RecordDecoder {
    private var scanner: RecordScanner
    private var reader: EventReader
    private let layout: EventLayout
    private let rowSlots: [Int]
    private let converter: ValueConverter
    private let errors: any UndecodableRecords
    private let isUpsert: Bool
    /// Reads every event as a tree: in tests, and when the schema is itself an output.
    private let isAlwaysStrict: Bool
    private let messageBlock = ByteBlock(capacity: 4096)

    /// The kinds of the collected rows; `droppedKind` for rows to leave out.
    private var kinds: [UInt8] = []
    private(set) var lastRecordRows = 0
    private(set) var lastRecordOffset: Int64 = 0
    private var counts = DecoderStatistics()

    /// Marks the old image of an update in upsert mode.
    private static let droppedKind: UInt8 = 0xFF

    var rowCount: Int { kinds.count }

    var statistics: DecoderStatistics {
        var counts = counts
        counts.ignoredFields = converter.ignoredFields
        return counts
    }

    init(
        _ layout: EventLayout,
        _ options: DebeziumOptions,
        errors: any UndecodableRecords,
        isAlwaysStrict: Bool = false
    ) {
        self.layout = layout
        converter = ValueConverter(layout.table, options.reading)
        scanner = RecordScanner(layout.plan, converter)
        reader = EventReader(layout, converter)
        rowSlots = layout.rowSlots
        isUpsert = options.changelog == .upsert
        self.errors =
            options.reading.ignoresErrors && errors.stopsJob ? IgnoringRecords() : errors
        self.isAlwaysStrict = isAlwaysStrict || (layout.readsSchema && options.includesSchema)
    }

    func decodeLines(
        of block: ByteBlock,
        _ range: LineRange
    ) throws(FormatError) -> LineProgress {
        guard var cursor = LineCursor(block, range) else { return .needsBytes }
        defer { block.consume(cursor.consumed) }
        let limit = min(range.rowLimit, FormatLimits.batchRowsMax)
        for slot in rowSlots { layout.table.reserve(slot, rows: limit + 2) }
        while rowCount < limit {
            if !isAlwaysStrict {
                scanLines(&cursor, limit)
                if rowCount >= limit { break }
            }
            let line = unsafe cursor.next
            guard cursor.skipEmptyLines() else { return .needsBytes }
            if unsafe cursor.next > cursor.lastStart { return .rangeEnded }
            if unsafe cursor.next > line, !isAlwaysStrict { continue }
            let start = unsafe cursor.next
            let newline = unsafe cursor.newline(start)
            unsafe cursor.next = unsafe newline + 1
            let record = unsafe Span(_unsafeStart: start, count: cursor.length(start, newline))
            unsafe try decodeStrictly(record, at: cursor.offset(start))
        }
        return .rowLimitReached
    }

    private func scanLines(_ cursor: inout LineCursor, _ limit: Int) {
        let first = rowCount
        let count = scanner.scanEvents(
            &cursor,
            from: first,
            limit: limit,
            // What is said once for an event must be copied before the next one is written.
            eventLimit: layout.eventSlots.isEmpty ? .max : 1,
            isUpsert: isUpsert,
            &kinds
        )
        guard count > 0 else { return }
        counts.records += count
        lastRecordRows = kinds.count > first && kinds.last == 2 ? 2 : 1
        if lastRecordRows == 2, kinds.count < 2 || kinds[kinds.count - 2] != 1 {
            lastRecordRows = 1
        }
        lastRecordOffset = unsafe cursor.offset(cursor.last)
        finishRows(from: first)
    }

    func decode(message: Span<UInt8>?, at offset: Int64) throws(FormatError) {
        guard let message, message.count > 0 else {
            counts.records += 1
            counts.withoutRow += 1
            lastRecordRows = 0
            lastRecordOffset = offset
            return
        }
        for slot in rowSlots { layout.table.reserve(slot, rows: rowCount + 2) }
        guard !isAlwaysStrict else { return try decodeStrictly(message, at: offset) }
        messageBlock.reset()
        messageBlock.append(message)
        unsafe messageBlock.base[message.count] = UInt8(ascii: "\n")
        let text = unsafe UnsafePointer(messageBlock.base)
        let first = rowCount
        if let end = unsafe scanner.scanEvent(text, first, isUpsert: isUpsert, &kinds) {
            if unsafe end - text == message.count {
                counts.records += 1
                lastRecordRows = rowCount - first
                lastRecordOffset = offset
                finishRows(from: first)
                return
            }
            // A newline within the message ended the scan before its end.
            kinds.removeLast(rowCount - first)
        }
        try decodeStrictly(message, at: offset)
    }

    /// Reads an event as a tree, which either gives its rows or the reason why not.
    private func decodeStrictly(
        _ record: Span<UInt8>,
        at offset: Int64
    ) throws(FormatError) {
        counts.records += 1
        lastRecordOffset = offset
        lastRecordRows = 0
        let first = rowCount
        switch reader.read(record, first, isUpsert: isUpsert) {
        case .rows(.one(let kind)): kinds.append(kind)
        case .rows(.update): kinds += [1, 2]
        case .rows(.unknown), .nothing: counts.withoutRow += 1
        case .truncation:
            counts.truncations += 1
            counts.withoutRow += 1
        case .corrupt(let reason):
            counts.undecodable += 1
            let shown = errors.stopsJob ? record : nil
            try errors.take(record, at: offset, FailureText.corrupt(reason, shown))
        case .refused(let error):
            counts.undecodable += 1
            try errors.take(record, at: offset, error)
        }
        if reader.schema != scanner.schema { scanner.schema = reader.schema }
        lastRecordRows = rowCount - first
        finishRows(from: first)
    }

    /// Completes new rows: what is said once for an event holds for both rows of an update, and in
    /// upsert mode only a changed key needs the old one.
    private func finishRows(from first: Int) {
        guard !layout.eventSlots.isEmpty || isUpsert else { return }
        var row = first
        while row < kinds.count {
            guard kinds[row] == 1, row + 1 < kinds.count else {
                row += 1
                continue
            }
            for (_, slot) in layout.eventSlots {
                layout.table.copyRow(slot, from: row, to: row + 1)
            }
            if isUpsert {
                let isSameKey = layout.keySlots.allSatisfy {
                    layout.table.equalRows($0, row, row + 1)
                }
                kinds[row] = isSameKey ? Self.droppedKind : 3
            }
            row += 2
        }
    }

    func finishBatch() -> RecordBatch {
        let count = kinds.count
        let rowColumns = ProjectedColumns(layout.projection, layout.table).take(count: count)
        var slotColumns: [Int: Column] = [:]
        for (_, slot) in layout.eventSlots {
            slotColumns[slot] = layout.table.takeColumn(slot, count: count)
        }
        let columns = layout.outputs.map { output -> Column in
            switch output.source {
            case .row(let index): rowColumns[index]
            case .slot(let slot):
                slotColumns[slot]?.retyped(output.type) ?? .nulls(output.type, count: count)
            case .sourceEntry(let key):
                SourceEntries.column(key, slotColumns[layout.sourceSlot], output.type, count)
            }
        }
        let kinds = FixedValues(self.kinds)
        self.kinds.removeAll(keepingCapacity: true)
        let batch = RecordBatch(columns, count: count, kinds: .mixed(kinds))
        guard isUpsert else { return batch }
        let span = kinds.span
        return batch.filter(Bitmap.make(count: count) { span[$0] != Self.droppedKind })
    }
}
