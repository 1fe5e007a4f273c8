import Columnar

/// Converts the fields of records into the columns that a plan needs.
final class CSVRowReader {
    private let table: SlotTable
    private let converter: ValueConverter
    private let columns: ProjectedColumns
    private let rowSlots: [Int]
    /// For each column of a record what is needed of it; nil when nothing is.
    private let fields: [ProjectedField?]
    private let nullLiteral: [UInt8]?
    private let elementDelimiter: [UInt8]
    private let ignoresErrors: Bool

    /// How many columns are needed.
    let neededCount: Int
    /// Fields that became NULL because they did not convert.
    var ignoredFields = 0

    init(_ table: TableDefinition, _ projection: ScanProjection, _ options: CSVOptions) {
        let projected = TableProjection(table, projection)
        let slots = SlotTable(capacity: projected.fields.reduce(0) { $0 + $1.slotCount })
        for field in projected.fields {
            field.addSlots(to: slots, path: field.name, separator: UInt8(ascii: " ")) { _ in
                ValueEncoding()
            }
        }
        self.table = slots
        converter = ValueConverter(slots, ReadingOptions())
        columns = ProjectedColumns(projected, slots)
        rowSlots = projected.fields.flatMap(\.rowSlots)
        neededCount = projected.fields.count
        let needed = Set(projection.paths.map { $0[0] }).sorted()
        let byColumn = Dictionary(uniqueKeysWithValues: zip(needed, projected.fields))
        fields = table.columns.indices.filter { table.columns[$0].metadataKey == nil }
            .map { byColumn[$0] }
        nullLiteral = options.nullLiteral
        elementDelimiter = options.elementDelimiter
        ignoresErrors = options.ignoresErrors
    }

    /// Makes room for rows.
    func reserve(rows: Int) {
        for slot in rowSlots { table.reserve(slot, rows: rows) }
    }

    func takeColumns(count: Int) -> [Column] { columns.take(count: count) }

    /// A column that the record lacks is NULL.
    func readMissing(_ column: Int, _ row: Int) {
        if let field = fields[column] { storeNull(field, row) }
    }

    /// Converts the text of a column; the reason when that is not possible.
    func read(_ text: Span<UInt8>, _ column: Int, _ row: Int) -> FormatError? {
        guard let field = fields[column] else { return nil }
        let failure: FormatError? =
            switch field.type.kind {
            case .array: readArray(text, field, row)
            case .row: readRow(text, field, row)
            default: readScalar(text, field.slot, field.type, field.name, row)
            }
        guard let failure else { return nil }
        guard ignoresErrors else { return failure }
        ignoredFields += 1
        storeNull(field, row)
        return nil
    }

    private func storeNull(_ field: ProjectedField, _ row: Int) {
        for slot in field.rowSlots { table.storeNull(slot, row) }
    }

    private func isNullLiteral(_ text: Span<UInt8>) -> Bool {
        guard let nullLiteral, nullLiteral.count == text.count else { return false }
        return nullLiteral.indices.allSatisfy { nullLiteral[$0] == text[$0] }
    }

    private func readScalar(
        _ text: Span<UInt8>,
        _ slot: Int,
        _ type: DataType,
        _ name: String,
        _ row: Int
    ) -> FormatError? {
        if isNullLiteral(text) {
            table.storeNull(slot, row)
            return nil
        }
        if converter.convert(plain: text, slot, row) { return nil }
        let found =
            text.count > 0
            ? "found another text"
            : "found an empty field; 'csv.null-literal' = '' reads empty fields as NULL"
        return FormatError("Fail to deserialize at field: \(name). Expected \(type), \(found).")
    }

    /// Elements between delimiters; a blank text has none.
    private func elements(_ text: Span<UInt8>) -> [Range<Int>] {
        var elements: [Range<Int>] = []
        var start = 0
        var position = 0
        while position < text.count {
            if isElementDelimiter(text, position) {
                elements.append(start..<position)
                position += elementDelimiter.count
                start = position
            } else {
                position += 1
            }
        }
        if elements.isEmpty, text.indices.allSatisfy({ text[$0] <= 0x20 }) { return [] }
        elements.append(start..<text.count)
        return elements
    }

    private func isElementDelimiter(_ text: Span<UInt8>, _ position: Int) -> Bool {
        guard position + elementDelimiter.count <= text.count else { return false }
        return elementDelimiter.indices.allSatisfy {
            text[position + $0] == elementDelimiter[$0]
        }
    }

    private func readArray(
        _ text: Span<UInt8>,
        _ field: ProjectedField,
        _ row: Int
    ) -> FormatError? {
        let slot = table.layouts[field.slot].children[0]
        var count = converter.offset(field.slot, row)
        for range in elements(text) {
            table.reserve(slot, rows: count + 1)
            let element = text.extracting(range)
            let failure = readScalar(element, slot, field.type.elementType, field.name, count)
            if let failure {
                // As in Flink, an element that does not convert is NULL by itself.
                guard ignoresErrors else { return failure }
                ignoredFields += 1
                table.storeNull(slot, count)
            }
            count += 1
        }
        converter.end(field.slot, row, at: count)
        return nil
    }

    private func readRow(
        _ text: Span<UInt8>,
        _ field: ProjectedField,
        _ row: Int
    ) -> FormatError? {
        let elements = elements(text)
        guard !elements.isEmpty else {
            storeNull(field, row)
            return nil
        }
        let expected = field.type.rowFields.count
        if elements.count < expected, !ignoresErrors {
            return FormatError(
                """
                Fail to deserialize at field: \(field.name). Row length mismatch. \(expected) \
                fields expected but was \(elements.count).
                """
            )
        }
        if field.slot >= 0 { converter.setPresent(field.slot, row) }
        for (child, position) in zip(field.children, field.positions) {
            guard position < elements.count else {
                storeNull(child, row)
                continue
            }
            let element = text.extracting(elements[position])
            let name = "\(field.name).\(child.name)"
            if let failure = readScalar(element, child.slot, child.type, name, row) {
                guard ignoresErrors else { return failure }
                ignoredFields += 1
                storeNull(child, row)
            }
        }
        return nil
    }
}
