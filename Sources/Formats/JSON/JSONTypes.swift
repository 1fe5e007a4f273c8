import Columnar

/// Which types have a form in JSON.
enum JSONTypes {
    /// Refuses maps whose keys are no text, in Flink's words.
    static func check(_ table: TableDefinition) throws(FormatError) {
        for column in table.columns { try check(column.type) }
    }

    private static func check(_ type: DataType) throws(FormatError) {
        switch type.kind {
        case .map(let key, let value):
            try checkKey(key, of: type)
            try check(value)
        case .multiset(let element): try checkKey(element, of: type)
        case .array(let element): try check(element)
        case .row(let fields):
            for field in fields { try check(field.type) }
        default: break
        }
    }

    private static func checkKey(_ key: DataType, of type: DataType) throws(FormatError) {
        switch key.kind {
        case .char, .varchar: return
        default:
            throw FormatError(
                "JSON format doesn't support non-string as key type of map. The type is: \(type)"
            )
        }
    }
}
