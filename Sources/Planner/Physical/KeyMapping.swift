import Columnar
import Expressions

/// Where the columns of keys are behind a projection.
enum KeyMapping {
    /// The first place of each input column that is passed on with all its values apart.
    ///
    /// A cast to a wider type keeps values apart, so a key stays one (Flink's
    /// `isFidelityCast`): COUNT by an INT may go into a table whose key is a BIGINT.
    static func places(_ projection: [Expression]) -> [Int: Int] {
        var places: [Int: Int] = [:]
        for (index, expression) in projection.enumerated() {
            if case .column(let column, _) = expression, places[column] == nil {
                places[column] = index
            }
        }
        for (index, expression) in projection.enumerated() {
            guard case .cast(.column(let column, let from), to: let target, _) = expression,
                places[column] == nil, keepsApart(from.kind, target.kind)
            else { continue }
            places[column] = index
        }
        return places
    }

    /// Whether a cast gives different values different results, and never fails.
    private static func keepsApart(_ from: TypeKind, _ target: TypeKind) -> Bool {
        switch (from, target) {
        case (.varchar(let length), .varchar(let wider)): return wider >= length
        case (.varbinary(let length), .varbinary(let wider)): return wider >= length
        case (.decimal(let precision, let scale), .decimal(let wider, let other)):
            return other >= scale && wider - other >= precision - scale
        case (_, .decimal(let wider, let scale)):
            return integerDigits(from).map { wider - scale >= $0 } ?? false
        default:
            guard let digits = integerDigits(from), let room = integerDigits(target) else {
                return from == target
            }
            return room >= digits
        }
    }

    /// The most digits of an integer type.
    private static func integerDigits(_ kind: TypeKind) -> Int? {
        switch kind {
        case .tinyint: 3
        case .smallint: 5
        case .integer: 10
        case .bigint: 19
        default: nil
        }
    }
}
