import Columnar
import Formats

/// Decodes texts for tests.
struct Decoding {
    var format: any FormatFactory = JSONFormat()
    var columns: [TableColumn]
    var primaryKey: [Int] = []
    var options: [String: String] = [:]
    var paths: [[Int]]?

    init(_ columns: [(String, DataType)], _ options: [String: String] = [:]) {
        self.columns = columns.map { TableColumn($0.0, $0.1) }
        self.options = options
    }

    var table: TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: columns,
            primaryKey: primaryKey,
            options: [:]
        )
    }

    var projection: ScanProjection {
        paths.map { ScanProjection(paths: $0) } ?? .all(of: table)
    }

    var formatOptions: FormatOptions {
        FormatOptions(prefix: "\(format.identifier).", table: table.path, options)
    }

    func decoder(_ errors: any UndecodableRecords = FailingRecords()) throws -> any RecordDecoder {
        try format.decodingFormat(table, formatOptions).makeDecoder(projection, errors: errors)
    }

    /// The rows of newline-separated records, as `print` shows them.
    func rows(_ text: String, batchRows: Int = 100) throws -> [String] {
        try Self.rows(Array(text.utf8), try decoder(), batchRows: batchRows)
    }

    static func rows(
        _ bytes: [UInt8],
        _ decoder: any RecordDecoder,
        batchRows: Int = 100
    ) throws -> [String] {
        let block = ByteBlock(capacity: 16)
        block.append(bytes.span)
        var rows: [String] = []
        var progress = LineProgress.rowLimitReached
        while progress == .rowLimitReached {
            let range = LineRange(rowLimit: batchRows, isAtEnd: true)
            progress = try decoder.decodeLines(of: block, range)
            rows += decoder.finishBatch().printedRows
        }
        return rows
    }

    /// The row of one message.
    func rows(message: String) throws -> [String] {
        let decoder = try decoder()
        try decoder.decode(message: Array(message.utf8).span, at: 0)
        return decoder.finishBatch().printedRows
    }

    /// The message of the error that a text leads to.
    func error(_ text: String) -> String {
        do {
            let rows = try rows(text)
            return "no error: \(rows)"
        } catch {
            return "\(error)"
        }
    }
}

/// Keeps what cannot be decoded.
final class CollectedRecords: UndecodableRecords {
    private(set) var records: [(text: String, offset: Int64, message: String)] = []

    var stopsJob: Bool { false }

    func take(_ record: Span<UInt8>, at offset: Int64, _ error: FormatError) {
        let bytes = record.indices.map { record[$0] }
        records.append((String(decoding: bytes, as: UTF8.self), offset, error.message))
    }
}
