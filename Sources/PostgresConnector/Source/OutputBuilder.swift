import Columnar
import Connectors
import Core

/// Facts of one change that metadata columns show.
struct ChangeFacts {
    /// Microseconds since 1970; 0 for rows of the snapshot.
    var commitMicroseconds: Int64 = 0
    var commit = LSN(0)
}

/// Collects the rows of one output into batches.
final class OutputBuilder {
    let table: CapturedTable
    private var columns: [OutputColumn]
    private var kinds = GrowingValues<UInt8>()
    private var isInsertOnly = true
    private(set) var count = 0
    private(set) var byteCount = 0
    private let report: (ConnectorReport.Level, String) -> Void
    /// Which declared columns were unchanged and not sent in the row under construction.
    private var unchanged: [UInt8] = []
    let takesUnchanged: Bool

    init(
        _ table: CapturedTable,
        report: @escaping (ConnectorReport.Level, String) -> Void
    ) {
        self.table = table
        self.report = report
        columns = []
        takesUnchanged = table.outputs.contains(.metadata(.unchanged))
    }

    /// One output column on its way.
    private struct OutputColumn {
        let builder: FieldBuilder
        let kind: CapturedTable.OutputKind
        let name: String
        var oddValues = 0
    }

    var isReady: Bool { !columns.isEmpty || table.outputs.isEmpty }

    /// Chooses how the text of each column is read, by the server's types of them.
    ///
    /// - Parameters:
    ///   - formerTypes: the types that the job began with, by column, for messages.
    ///   - type: the server's type of a column by name; nil when there is no such column.
    /// - Throws: an error for the first column that is missing or has become unreadable.
    func prepare(
        formerTypes: [String: String] = [:],
        _ type: (String) throws(PostgresError) -> ServerType?
    ) throws(PostgresError) {
        precondition(count == 0, "columns are prepared between batches")
        var prepared: [OutputColumn] = []
        let types = table.projection.types(of: table.definition)
        for (index, kind) in table.outputs.enumerated() {
            let builder: FieldBuilder
            var name = ""
            switch kind {
            case .column(let column):
                name = table.definition.columns[column].name
                guard let server = try type(name) else { throw missing(name) }
                guard let made = FieldBuilder.make(types[index], server.family) else {
                    throw unreadable(name, types[index], server, formerTypes[name])
                }
                builder = made
            case .metadata(let metadata):
                name = metadata.rawValue
                builder = Self.metadataBuilder(metadata, types[index])
            }
            prepared.append(OutputColumn(builder: builder, kind: kind, name: name))
        }
        columns = prepared
    }

    private static func metadataBuilder(
        _ metadata: CaptureMetadata,
        _ type: DataType
    ) -> FieldBuilder {
        switch metadata {
        case .changeTime: IntegerBuilder(type)
        case .lsn: IntegerBuilder(type)
        default: TextBuilder(type)
        }
    }

    private func missing(_ name: String) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            Column '\(name)' of table \(table.qualifiedName), which the job reads as \
            '\(table.definition.path)', was dropped or renamed in the source. Nothing is lost: \
            the job's checkpoint stands before the change. Bring the column back, or change the \
            declaration of '\(table.definition.path)' and restore the job from its checkpoint.
            """
        )
    }

    private func unreadable(
        _ name: String,
        _ declared: DataType,
        _ server: ServerType,
        _ former: String?
    ) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            Column '\(name)' of table \(table.qualifiedName) \
            \(former.map { "was \($0) and " } ?? "")is \(server.name) now, which \
            \(declared), as '\(table.definition.path)' declares it, cannot hold. Nothing is lost: \
            the job's checkpoint stands before the change. Declare it \(server.suggestion) and \
            restore the job from its checkpoint.
            """
        )
    }

    var columnCount: Int { columns.count }

    /// The name of the physical column behind an output column; nil for metadata.
    func physicalName(_ index: Int) -> String? {
        if case .column = columns[index].kind { return columns[index].name }
        return nil
    }

    /// Appends one field of the row under construction.
    @inline(__always)
    func append(_ index: Int, _ text: Span<UInt8>) throws(PostgresError) {
        byteCount &+= text.count
        let outcome = columns[index].builder.append(text)
        if outcome != .taken { try note(index, outcome) }
    }

    @inline(__always)
    func appendNull(_ index: Int) {
        columns[index].builder.appendNull()
    }

    /// Appends NULL for an unchanged value that was not sent, and marks it.
    func appendUnchanged(_ index: Int) throws(PostgresError) {
        guard takesUnchanged, case .column(let column) = columns[index].kind else {
            throw PostgresError(
                blame: .user,
                """
                Column '\(columns[index].name)' of table \(table.qualifiedName) holds a large \
                (TOAST) value that an update left unchanged, so PostgreSQL did not send it. Run: \
                ALTER TABLE \(table.qualifiedName) REPLICA IDENTITY FULL; or leave the column \
                out of the query. Nothing is lost: the job's checkpoint stands before the update.
                """
            )
        }
        columns[index].builder.appendNull()
        if unchanged.isEmpty {
            unchanged = [UInt8](repeating: 0, count: (table.definition.columns.count + 7) / 8)
        }
        unchanged[column >> 3] |= 1 &<< UInt8(column & 7)
    }

    /// Closes a row: its kind and metadata.
    func endRow(_ kind: RowKind, _ facts: ChangeFacts) {
        kinds.append(kind.rawValue)
        isInsertOnly = isInsertOnly && kind == .insert
        count &+= 1
        if table.outputs.count != table.readColumnCount { appendMetadata(kind, facts) }
        if !unchanged.isEmpty { unchanged = [] }
    }

    private func appendMetadata(_ kind: RowKind, _ facts: ChangeFacts) {
        for column in columns {
            guard case .metadata(let metadata) = column.kind else { continue }
            let builder = column.builder
            switch metadata {
            case .tableName: Self.append(table.options.tableName, builder)
            case .schemaName: Self.append(table.options.schemaName, builder)
            case .databaseName: Self.append(table.options.address.database, builder)
            case .rowKind: Self.append(kind.symbol, builder)
            case .lsn: Self.append(String(facts.commit.value), builder)
            case .changeTime: Self.append(time(facts, builder.type), builder)
            case .unchanged:
                if unchanged.isEmpty {
                    builder.appendNull()
                } else {
                    _ = builder.append(unchanged.span)
                }
            }
        }
    }

    private func time(_ facts: ChangeFacts, _ type: DataType) -> String {
        guard case .timestampLTZ(let precision) = type.kind else {
            return String(facts.commitMicroseconds)
        }
        let milliseconds = facts.commitMicroseconds.flooredDivision(by: 1000)
        let units = DataType.timestampUnitsPerSecond(precision: precision)
        return String(milliseconds * (units / 1000))
    }

    private static func append(_ text: String, _ builder: FieldBuilder) {
        let bytes = Array(text.utf8)
        _ = builder.append(bytes.span)
    }

    /// Counts a value that could not be taken as it is; stops for one that cannot be read.
    private func note(_ index: Int, _ outcome: FieldOutcome) throws(PostgresError) {
        let name = columns[index].name
        if outcome == .malformed {
            throw PostgresError(
                blame: .external,
                """
                A value of column '\(name)' of table \(table.qualifiedName) cannot be read as \
                \(columns[index].builder.type).
                """
            )
        }
        if outcome == .replacedByNull, !columns[index].builder.type.isNullable {
            throw PostgresError(
                blame: .user,
                """
                A value of column '\(name)' of table \(table.qualifiedName) is NaN, infinite or \
                too large for \(columns[index].builder.type), and the column is declared NOT \
                NULL. Declare it nullable (the value becomes NULL) or STRING.
                """
            )
        }
        columns[index].oddValues += 1
        let seen = columns[index].oddValues
        // At 1, 2, 4, 8 …: often enough to notice, never a flood.
        guard seen & (seen - 1) == 0 else { return }
        let what =
            outcome == .clamped
            ? "infinite or out of range, and stand as the first or last possible value"
            : "NaN, infinite, of other dimensions or too large, and stand as NULL"
        report(
            .warning,
            "\(seen) value(s) of column '\(name)' of table \(table.qualifiedName) are \(what)"
        )
    }

    /// The rows so far as a batch; the builder starts anew.
    func finish() -> RecordBatch {
        var taken = GrowingValues<UInt8>()
        swap(&taken, &kinds)
        let rows = count
        let batch = RecordBatch(
            columns.map { $0.builder.finish() },
            count: rows,
            kinds: isInsertOnly ? .insertOnly : .mixed(taken.finish())
        )
        count = 0
        byteCount = 0
        isInsertOnly = true
        return batch
    }
}

extension CapturedTable {
    /// How many output columns are physical ones.
    var readColumnCount: Int {
        outputs.reduce(0) { sum, kind in
            if case .column = kind { sum + 1 } else { sum }
        }
    }
}
