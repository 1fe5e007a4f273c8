import Columnar

/// Which operands an arithmetic operator takes, and the type of its result.
struct ArithmeticTypes: Sendable {
    /// The result for two operands, or nil when they do not go together.
    let pair: @Sendable (TypeKind, TypeKind) -> TypeKind?
    /// The forms that messages list, in Calcite's order.
    let forms: [[String]]

    /// Numbers are converted to the result's type, whole numbers beside decimals to decimals.
    func operands(_ form: CallForm) -> OperandRule {
        OperandRule(form) { (site: CallSite) throws(BindError) -> [DataType] in
            let result = try check(site)
            return site.types.map { type in
                DataType(operand(type.kind, result, site), isNullable: type.isNullable)
            }
        }
    }

    private func operand(_ kind: TypeKind, _ result: TypeKind, _ site: CallSite) -> TypeKind {
        if kind == .null { return result }
        guard kind.isNumeric else { return kind }
        if site.types.contains(where: { $0.kind.isInterval }) { return .bigint }
        if site.types.contains(where: { $0.kind.isApproximateNumeric }) {
            return result.isApproximateNumeric ? result : .double
        }
        if site.types.contains(where: { $0.kind.isDecimal }) {
            guard let shape = DecimalRules.decimal(of: kind) else { return kind }
            return .decimal(precision: shape.precision, scale: shape.scale)
        }
        return CommonType.leastRestrictive(site.types)?.kind ?? result
    }

    var result: ResultRule {
        ResultRule { (site: CallSite) throws(BindError) -> DataType in
            DataType(try check(site), isNullable: site.isNullable)
        }
    }

    private func check(_ site: CallSite) throws(BindError) -> TypeKind {
        guard site.count == 2 else { throw site.wrongCount(2) }
        if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
        guard let result = pair(site.kind(0), site.kind(1)) else { throw site.cannotApply(forms) }
        return result
    }

    static let plus = ArithmeticTypes(
        pair: { left, right in
            numeric(left, right, DecimalRules.sum) ?? interval(left, right)
                ?? shifted(left, right) ?? shifted(right, left)
        },
        forms: [
            ["NUMERIC", "NUMERIC"], ["DATETIME_INTERVAL", "DATETIME_INTERVAL"],
            ["DATETIME", "DATETIME_INTERVAL"], ["DATETIME_INTERVAL", "DATETIME"],
        ]
    )

    static let minus = ArithmeticTypes(
        pair: { left, right in
            numeric(left, right, DecimalRules.sum) ?? interval(left, right)
                ?? shifted(left, right)
        },
        forms: [
            ["NUMERIC", "NUMERIC"], ["DATETIME_INTERVAL", "DATETIME_INTERVAL"],
            ["DATETIME", "DATETIME_INTERVAL"],
        ]
    )

    static let times = ArithmeticTypes(
        pair: { left, right in
            if left.isInterval, right.isNumeric { return left }
            if right.isInterval, left.isNumeric { return right }
            return numeric(left, right, DecimalRules.product)
        },
        forms: [
            ["NUMERIC", "NUMERIC"], ["DATETIME_INTERVAL", "NUMERIC"],
            ["NUMERIC", "DATETIME_INTERVAL"],
        ]
    )

    static let divide = ArithmeticTypes(
        pair: { left, right in
            if left.isInterval, right.isNumeric { return left }
            return numeric(left, right, DecimalRules.quotient)
        },
        forms: [["NUMERIC", "NUMERIC"], ["DATETIME_INTERVAL", "NUMERIC"]]
    )

    /// The remainder of whole numbers has the type of the divisor.
    static let remainder = ArithmeticTypes(
        pair: { left, right in
            guard left.isNumeric, right.isNumeric else { return nil }
            if left.isInteger, right.isInteger { return right }
            return numeric(left, right, DecimalRules.remainder)
        },
        forms: [["NUMERIC", "NUMERIC"]]
    )

    private static func numeric(
        _ left: TypeKind,
        _ right: TypeKind,
        _ rule: (DecimalRules.Shape, DecimalRules.Shape) -> TypeKind
    ) -> TypeKind? {
        guard left.isNumeric, right.isNumeric else { return nil }
        if left.isExactNumeric, right.isExactNumeric, left.isDecimal || right.isDecimal,
            let leftShape = DecimalRules.decimal(of: left),
            let rightShape = DecimalRules.decimal(of: right)
        {
            return rule(leftShape, rightShape)
        }
        return CommonType.leastRestrictive([DataType(left), DataType(right)])?.kind
    }

    private static func interval(_ left: TypeKind, _ right: TypeKind) -> TypeKind? {
        guard left.isInterval, right.isInterval else { return nil }
        return CommonType.leastRestrictive([DataType(left), DataType(right)])?.kind
    }

    private static func shifted(_ point: TypeKind, _ interval: TypeKind) -> TypeKind? {
        point.isDatetime && interval.isInterval ? point : nil
    }

    /// The operand of a sign.
    static func checkSign(_ site: CallSite) throws(BindError) -> [DataType] {
        guard site.count == 1 else { throw site.wrongCount(1) }
        if site.arguments[0].isNullLiteral { throw CallSite.illegalNull }
        guard site.kind(0).isNumeric || site.kind(0).isInterval else {
            throw site.cannotApply([["NUMERIC"], ["DATETIME_INTERVAL"]])
        }
        return site.types
    }

    /// ROUND and TRUNCATE: a decimal loses the digits that a literal names.
    static let rounded = ResultRule { site in
        guard case .decimal(let precision, let scale) = site.kind(0) else {
            return site.type(0).nullable(site.isNullable)
        }
        var digits = 0
        if site.count > 1 {
            guard let literal = site.arguments[1].literal, literal != .null else {
                return site.type(0).nullable(site.isNullable)
            }
            digits = Int(literal.integer)
        }
        return DataType(
            DecimalRules.rounded((precision, scale), digits: digits),
            isNullable: site.isNullable
        )
    }

    /// CEIL and FLOOR: a decimal loses its scale.
    static let whole = ResultRule { site in
        guard case .decimal(let precision, _) = site.kind(0) else { return site.type(0) }
        return DataType(
            .decimal(precision: precision, scale: 0),
            isNullable: site.type(0).isNullable
        )
    }
}
