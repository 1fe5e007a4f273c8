import Columnar

/// Which types have a form in CSV; refused in Flink's words.
enum CSVTypes {
    static func check(_ table: TableDefinition) throws(FormatError) {
        for column in table.columns where column.metadataKey == nil {
            try check(column)
        }
    }

    private static func check(_ column: TableColumn) throws(FormatError) {
        switch column.type.kind {
        case .array(let element): try checkNested(element, column)
        case .row(let fields):
            for field in fields { try checkNested(field.type, column) }
        default:
            guard isSimple(column.type) else {
                throw FormatError(
                    "Unsupported type '\(column.type)' for field '\(column.name)'."
                )
            }
            try checkPrecision(column.type)
        }
    }

    private static func checkNested(
        _ type: DataType,
        _ column: TableColumn
    ) throws(FormatError) {
        guard isSimple(type) else {
            throw FormatError(
                """
                Only simple types are supported in the second level nesting of fields \
                '\(column.name)' but was: \(type)
                """
            )
        }
        try checkPrecision(type)
    }

    private static func checkPrecision(_ type: DataType) throws(FormatError) {
        guard case .time(let precision) = type.kind, precision > 3 else { return }
        throw FormatError(
            """
            Csv does not support TIME type with precision: \(precision), it only supports \
            precision 0 ~ 3.
            """
        )
    }

    private static func isSimple(_ type: DataType) -> Bool {
        switch type.kind {
        case .array, .row, .map, .multiset, .intervalYearMonth, .intervalDayTime: false
        default: true
        }
    }
}
