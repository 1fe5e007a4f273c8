import Columnar

/// Which types can be compared, and what they are converted to before.
enum ComparisonTypes {
    static func check(
        _ site: CallSite,
        _ operation: ComparisonKernels.Operation
    ) throws(BindError) -> [DataType] {
        guard site.count == 2 else { throw site.wrongCount(2) }
        let left = site.type(0)
        let right = site.type(1)
        let isEquality = operation == .equal || operation == .notEqual
        guard areComparable(left.kind, right.kind), isEquality || isOrdered(left.kind, right.kind)
        else { throw site.cannotApply([["COMPARABLE_TYPE", "COMPARABLE_TYPE"]]) }
        if left.kind == .null { return [right.nullable(), right] }
        if right.kind == .null { return [left, left.nullable()] }
        if left.kind.isCharacter != right.kind.isCharacter {
            return try withText(left, right, isEquality)
        }
        if sameTimestamps(left.kind, right.kind) { return [left, right] }
        guard let common = CommonType.leastRestrictive([left, right])?.kind else {
            return [left, right]
        }
        return [
            DataType(common, isNullable: left.isNullable),
            DataType(common, isNullable: right.isNullable),
        ]
    }

    /// A text against something else: ordering converts the text, equality only to times.
    private static func withText(
        _ left: DataType,
        _ right: DataType,
        _ isEquality: Bool
    ) throws(BindError) -> [DataType] {
        let other = left.kind.isCharacter ? right : left
        if isEquality {
            if other.kind.isNumeric {
                throw BindError(
                    "implicit type conversion between \(CalciteTypeText.root(left.kind)) and "
                        + "\(CalciteTypeText.root(right.kind)) is not supported now"
                )
            }
            if !other.kind.isDatetime { return [left, right] }
        }
        return [
            DataType(other.kind, isNullable: left.isNullable),
            DataType(other.kind, isNullable: right.isNullable),
        ]
    }

    /// A BOOLEAN is never equal to a text, not even to `'true'`.
    static func neverEqual(_ left: TypeKind, _ right: TypeKind) -> Bool {
        left.isCharacter != right.isCharacter && left != .null && right != .null
    }

    /// Timestamps of one kind are compared whatever their precisions, without conversion.
    private static func sameTimestamps(_ left: TypeKind, _ right: TypeKind) -> Bool {
        (left.isTimestamp && right.isTimestamp) || (left.isTimestampLTZ && right.isTimestampLTZ)
    }

    private static func areComparable(_ left: TypeKind, _ right: TypeKind) -> Bool {
        if left == .null || right == .null { return true }
        switch (left, right) {
        case (.row(let a), .row(let b)):
            return a.count == b.count
                && zip(a, b).allSatisfy { areComparable($0.type.kind, $1.type.kind) }
        case (.array(let a), .array(let b)), (.multiset(let a), .multiset(let b)):
            return areComparable(a.kind, b.kind)
        case (.map(let aKey, let aValue), .map(let bKey, let bValue)):
            return areComparable(aKey.kind, bKey.kind) && areComparable(aValue.kind, bValue.kind)
        default: break
        }
        if left.isCharacter { return right.isCharacter || isConvertible(right) }
        if right.isCharacter { return isConvertible(left) }
        return CalciteTypeText.family(left) == CalciteTypeText.family(right)
    }

    /// What a text may be compared with.
    private static func isConvertible(_ kind: TypeKind) -> Bool {
        kind.isDatetime || kind.isNumeric || kind == .boolean
    }

    private static func isOrdered(_ left: TypeKind, _ right: TypeKind) -> Bool {
        switch left {
        case .row, .array, .multiset, .map: false
        default: true
        }
    }

    /// The value and the members of an IN list must have a common type.
    static let membership = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count >= 2 else { throw site.wrongCount(2) }
        let members = Array(site.types.dropFirst())
        let typed = members.filter { $0.kind != .null }
        if !typed.isEmpty, CommonType.leastRestrictive(typed) == nil {
            throw BindError("Values in expression list must have compatible types")
        }
        for member in typed where !areComparable(site.kind(0), member.kind) {
            throw BindError("Values passed to IN operator must have compatible types")
        }
        return site.types
    }

    /// A member of an IN list converted to the type of the value, unless they are of one root.
    static func member(_ member: Expression, of value: Expression) -> Expression {
        let kind = value.type.kind
        if member.type.kind == .null || kind == .null { return member }
        if CalciteTypeText.root(kind) == CalciteTypeText.root(member.type.kind) { return member }
        if kind.isCharacter, member.type.kind.isCharacter { return member }
        if member.type.kind.isNumeric != kind.isNumeric { return member }
        return member.converted(to: kind)
    }
}
