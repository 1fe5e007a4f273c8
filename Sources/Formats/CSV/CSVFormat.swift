package import Columnar

/// The `csv` format: one record a line, columns by position, as Jackson reads and writes it.
///
/// A quoted field may hold line ends, so that only files without quotes and escapes can be read
/// from any line on (`isSplittable`); others are read whole by one reader.
package struct CSVFormat: FormatFactory {
    package init() {}

    package var identifier: String { "csv" }

    package var options: [FormatOption] { CSVOptions.descriptions }

    package func decodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any DecodingFormat {
        try CSVTypes.check(table)
        return CSVDecodingFormat(table: table, options: try CSVOptions(options))
    }

    package func encodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any EncodingFormat {
        try CSVTypes.check(table)
        return CSVEncodingFormat(options: try CSVOptions(options))
    }
}

/// How a table in CSV is read.
struct CSVDecodingFormat: DecodingFormat {
    let table: TableDefinition
    let options: CSVOptions

    var changelogMode: ChangelogMode { .append }
    var metadata: [RowField] { [] }
    var isSplittable: Bool { options.isSplittable }

    func makeDecoder(
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) -> any RecordDecoder {
        CSVRecordDecoder(table, projection, options, errors: errors)
    }
}

/// How a table is written as CSV.
struct CSVEncodingFormat: EncodingFormat {
    let options: CSVOptions

    var changelogMode: ChangelogMode { .append }

    func makeEncoder() -> any RecordEncoder { CSVRecordEncoder(options) }
}
