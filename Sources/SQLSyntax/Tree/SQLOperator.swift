/// The operators of expressions.
package enum SQLOperator: String, Sendable, Hashable, CaseIterable {
    // Two or more operands: chains are flat.
    case or = "OR"
    case and = "AND"
    // One operand, operator before it.
    case not = "NOT"
    case negate = "u-"
    case positive = "u+"
    // One operand, operator behind it.
    case isNull = "IS NULL"
    case isNotNull = "IS NOT NULL"
    case isTrue = "IS TRUE"
    case isNotTrue = "IS NOT TRUE"
    case isFalse = "IS FALSE"
    case isNotFalse = "IS NOT FALSE"
    case isUnknown = "IS UNKNOWN"
    case isNotUnknown = "IS NOT UNKNOWN"
    case isASet = "IS A SET"
    case isNotASet = "IS NOT A SET"
    case isEmpty = "IS EMPTY"
    case isNotEmpty = "IS NOT EMPTY"
    case isJSONValue = "IS JSON VALUE"
    case isNotJSONValue = "IS NOT JSON VALUE"
    case isJSONObject = "IS JSON OBJECT"
    case isNotJSONObject = "IS NOT JSON OBJECT"
    case isJSONArray = "IS JSON ARRAY"
    case isNotJSONArray = "IS NOT JSON ARRAY"
    case isJSONScalar = "IS JSON SCALAR"
    case isNotJSONScalar = "IS NOT JSON SCALAR"
    case formatJSON = "FORMAT JSON"
    // Two operands.
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isDistinctFrom = "IS DISTINCT FROM"
    case isNotDistinctFrom = "IS NOT DISTINCT FROM"
    case plus = "+"
    case minus = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case concat = "||"
    case contains = "CONTAINS"
    case overlaps = "OVERLAPS"
    case periodEquals = "EQUALS"
    case precedes = "PRECEDES"
    case succeeds = "SUCCEEDS"
    case immediatelyPrecedes = "IMMEDIATELY PRECEDES"
    case immediatelySucceeds = "IMMEDIATELY SUCCEEDS"
    case memberOf = "MEMBER OF"
    case submultisetOf = "SUBMULTISET OF"
    case notSubmultisetOf = "NOT SUBMULTISET OF"
    case multisetUnion = "MULTISET UNION ALL"
    case multisetUnionDistinct = "MULTISET UNION DISTINCT"
    case multisetIntersect = "MULTISET INTERSECT ALL"
    case multisetIntersectDistinct = "MULTISET INTERSECT DISTINCT"
    case multisetExcept = "MULTISET EXCEPT ALL"
    case multisetExceptDistinct = "MULTISET EXCEPT DISTINCT"
    /// `a[i]`: the collection and the index or key.
    case item = "ITEM"
    // Two operands, or three with ESCAPE.
    case like = "LIKE"
    case notLike = "NOT LIKE"
    case similarTo = "SIMILAR TO"
    case notSimilarTo = "NOT SIMILAR TO"
    // Three operands: value, lower bound, upper bound.
    case between = "BETWEEN"
    case notBetween = "NOT BETWEEN"
    case betweenSymmetric = "BETWEEN SYMMETRIC"
    case notBetweenSymmetric = "NOT BETWEEN SYMMETRIC"
}

/// Where an operator stands.
package enum OperatorPlacement: Sendable, Hashable {
    case prefix
    case postfix
    case infix
    /// `a LIKE b ESCAPE c`
    case like
    /// `a BETWEEN b AND c`
    case between
    /// `a[b]`
    case item
}

extension SQLOperator {
    /// The operator as SQL writes it: `-` for ``negate``.
    package var symbol: String {
        switch self {
        case .negate: "-"
        case .positive: "+"
        default: rawValue
        }
    }

    /// Where the operator stands.
    package var placement: OperatorPlacement {
        switch self {
        case .not, .negate, .positive: .prefix
        case .isNull, .isNotNull, .isTrue, .isNotTrue, .isFalse, .isNotFalse, .isUnknown,
            .isNotUnknown, .isASet, .isNotASet, .isEmpty, .isNotEmpty, .isJSONValue,
            .isNotJSONValue, .isJSONObject, .isNotJSONObject, .isJSONArray, .isNotJSONArray,
            .isJSONScalar, .isNotJSONScalar, .formatJSON:
            .postfix
        case .like, .notLike, .similarTo, .notSimilarTo: .like
        case .between, .notBetween, .betweenSymmetric, .notBetweenSymmetric: .between
        case .item: .item
        default: .infix
        }
    }

    /// How tightly the operator binds, by Calcite's scale; more binds tighter.
    package var precedence: Int {
        switch self {
        case .multisetUnion, .multisetUnionDistinct, .multisetExcept, .multisetExceptDistinct: 14
        case .multisetIntersect, .multisetIntersectDistinct: 18
        case .or: 22
        case .and: 24
        case .not: 26
        case .like, .notLike, .similarTo, .notSimilarTo, .between, .notBetween, .betweenSymmetric,
            .notBetweenSymmetric:
            Precedence.predicate
        case .plus, .minus: 40
        case .multiply, .divide, .remainder, .concat: 60
        case .negate, .positive: 80
        case .item: Precedence.access
        default: placement == .postfix ? 28 : 30
        }
    }

    /// Whether `a op b op c` is kept as one node with three operands.
    package var isFlat: Bool { self == .and || self == .or }
}

/// Precedences of what is not an operator.
enum Precedence {
    /// `IN`, `LIKE`, `BETWEEN`, `= ANY`.
    static let predicate = 32
    /// `a[i]`, `a.b`.
    static let access = 100
    /// What needs no parentheses anywhere.
    static let atom = 1000
}
