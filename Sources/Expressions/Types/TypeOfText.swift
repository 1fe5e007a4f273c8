import Columnar

/// The text that `TYPEOF` gives: Flink's summary of its own logical type.
///
/// Flink knows intervals only as `INTERVAL MONTH` and `INTERVAL SECOND(3)`.
enum TypeOfText {
    static func text(_ type: DataType) -> String {
        type.isNullable ? text(type.kind) : "\(text(type.kind)) NOT NULL"
    }

    private static func text(_ kind: TypeKind) -> String {
        switch kind {
        case .intervalYearMonth: "INTERVAL MONTH"
        case .intervalDayTime: "INTERVAL SECOND(3)"
        case .array(let element): "ARRAY<\(text(element))>"
        case .multiset(let element): "MULTISET<\(text(element))>"
        case .map(let key, let value): "MAP<\(text(key)), \(text(value))>"
        case .row(let fields):
            "ROW<\(fields.map { "\(quoted($0.name)) \(text($0.type))" }.joined(separator: ", "))>"
        default: kind.description
        }
    }

    private static func quoted(_ name: String) -> String {
        let parts = name.split(separator: "`", omittingEmptySubsequences: false)
        return "`\(parts.joined(separator: "``"))`"
    }
}
