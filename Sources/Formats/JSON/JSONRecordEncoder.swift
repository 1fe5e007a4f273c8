import Columnar

/// How a table is written as JSON.
struct JSONEncodingFormat: EncodingFormat {
    let table: TableDefinition
    let options: WritingOptions

    var changelogMode: ChangelogMode { .append }

    func makeEncoder() -> any RecordEncoder { JSONRecordEncoder(table, options) }
}

/// Writes each row as one JSON object with the fields in the order of the table.
final class JSONRecordEncoder: RecordEncoder {
    private let writer: JSONValueWriter
    private let keys: [[UInt8]]

    init(_ table: TableDefinition, _ options: WritingOptions) {
        writer = JSONValueWriter(options)
        keys = table.columns.map { JSONValueWriter.key($0.name) }
    }

    func encode(
        _ batch: RecordBatch,
        terminator: UInt8?,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        for row in 0..<batch.count {
            try writer.write(fields: batch.columns, keys, row, to: &output)
            if let terminator { output.write(byte: terminator) }
            output.endValue()
        }
    }
}
