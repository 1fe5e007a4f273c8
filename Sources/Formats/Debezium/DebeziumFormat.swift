package import Columnar

/// The `debezium-json` format: change events of Debezium with the row before and after.
package struct DebeziumFormat: FormatFactory {
    package init() {}

    package var identifier: String { "debezium-json" }

    package var options: [FormatOption] { DebeziumOptions.reading + JSONOptions.writing }

    package func decodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any DecodingFormat {
        try JSONTypes.check(table)
        var debezium = try DebeziumOptions(options)
        debezium.reading.hasDecimals = table.columns.contains { $0.type.hasDecimal }
        if debezium.changelog == .upsert, table.primaryKey.isEmpty {
            throw options.invalid(
                "changelog-mode",
                "Upsert mode identifies rows by a key: declare PRIMARY KEY (…) NOT ENFORCED."
            )
        }
        return DebeziumDecodingFormat(table: table, options: debezium)
    }

    package func encodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any EncodingFormat {
        try JSONTypes.check(table)
        if try options.bool("schema-include", default: false) {
            throw FormatError(
                """
                Debezium JSON serialization doesn't support 'debezium-json.schema-include' option \
                been set to true.
                """
            )
        }
        return DebeziumEncodingFormat(table: table, options: try JSONOptions.writing(options))
    }
}

/// How a table in change events is read.
struct DebeziumDecodingFormat: DecodingFormat {
    let table: TableDefinition
    let options: DebeziumOptions

    var changelogMode: ChangelogMode { options.changelog == .upsert ? .upsert : .retract }

    var metadata: [RowField] { DebeziumMetadata.allCases.map { RowField($0.rawValue, $0.type) } }

    var isSplittable: Bool { true }

    func makeDecoder(
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) throws(FormatError) -> any RecordDecoder {
        EventDecoder(
            try EventLayout(table, projection, options),
            options,
            errors: errors
        )
    }
}

/// How a table is written as change events.
struct DebeziumEncodingFormat: EncodingFormat {
    let table: TableDefinition
    let options: WritingOptions

    var changelogMode: ChangelogMode { .retract }

    func makeEncoder() -> any RecordEncoder { EventEncoder(table, options) }
}

/// Writes each row as one event: `c` for rows that come, `d` for rows that go, as Flink does.
final class EventEncoder: RecordEncoder {
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
        let omitsNulls = writer.options.omitsNulls
        for row in 0..<batch.count {
            let isRetraction = batch.kinds[row].isRetraction
            if isRetraction {
                output.write(#"{"before":"#)
            } else {
                output.write(omitsNulls ? #"{"after":"# : #"{"before":null,"after":"#)
            }
            try writer.write(fields: batch.columns, keys, row, to: &output)
            if isRetraction {
                output.write(omitsNulls ? #","op":"d"}"# : #","after":null,"op":"d"}"#)
            } else {
                output.write(#","op":"c"}"#)
            }
            if let terminator { output.write(byte: terminator) }
            output.endValue()
        }
    }
}

extension DataType {
    /// Whether the type is a DECIMAL or has one in it.
    var hasDecimal: Bool {
        switch kind {
        case .decimal: true
        case .array(let element), .multiset(let element): element.hasDecimal
        case .map(let key, let value): key.hasDecimal || value.hasDecimal
        case .row(let fields): fields.contains { $0.type.hasDecimal }
        default: false
        }
    }
}
