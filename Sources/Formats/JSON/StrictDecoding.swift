package import Columnar

/// Decoders that read every record the strict way, to compare the fast way with in tests.
package enum StrictDecoding {
    package static func json(
        _ table: TableDefinition,
        _ options: FormatOptions,
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) throws(FormatError) -> any RecordDecoder {
        JSONRecordDecoder(
            TableProjection(table, projection),
            try JSONOptions.reading(options),
            errors: errors,
            isAlwaysStrict: true
        )
    }

    package static func debezium(
        _ table: TableDefinition,
        _ options: FormatOptions,
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) throws(FormatError) -> any RecordDecoder {
        let debezium = try DebeziumOptions(options)
        return EventDecoder(
            try EventLayout(table, projection, debezium),
            debezium,
            errors: errors,
            isAlwaysStrict: true
        )
    }
}
