package import Columnar

/// The `json` format: one object a record, fields by name.
package struct JSONFormat: FormatFactory {
    package init() {}

    package var identifier: String { "json" }

    package var options: [FormatOption] { JSONOptions.reading + JSONOptions.writing }

    package func decodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any DecodingFormat {
        try JSONTypes.check(table)
        return JSONDecodingFormat(table: table, options: try JSONOptions.reading(options))
    }

    package func encodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any EncodingFormat {
        try JSONTypes.check(table)
        return JSONEncodingFormat(table: table, options: try JSONOptions.writing(options))
    }
}

/// How a table in JSON is read.
struct JSONDecodingFormat: DecodingFormat {
    let table: TableDefinition
    let options: ReadingOptions

    var changelogMode: ChangelogMode { .append }
    var metadata: [RowField] { [] }
    var isSplittable: Bool { true }

    func makeDecoder(
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) -> any RecordDecoder {
        JSONRecordDecoder(TableProjection(table, projection), options, errors: errors)
    }
}
