import Columnar

/// What a change event tells beside its row: Flink's keys.
enum DebeziumMetadata: String, CaseIterable {
    case schema = "schema"
    case ingestionTimestamp = "ingestion-timestamp"
    case sourceTimestamp = "source.timestamp"
    case sourceDatabase = "source.database"
    case sourceSchema = "source.schema"
    case sourceTable = "source.table"
    case sourceProperties = "source.properties"

    var type: DataType {
        switch self {
        case .ingestionTimestamp, .sourceTimestamp: .timestampLTZ(3)
        case .schema, .sourceDatabase, .sourceSchema, .sourceTable: .string
        case .sourceProperties: .map(.string, .string)
        }
    }

    /// The field of the event's `source`; nil for what lies elsewhere.
    var sourceField: String? {
        switch self {
        case .sourceTimestamp: "ts_ms"
        case .sourceDatabase: "db"
        case .sourceSchema: "schema"
        case .sourceTable: "table"
        case .schema, .ingestionTimestamp, .sourceProperties: nil
        }
    }
}
