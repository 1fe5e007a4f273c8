package import Columnar

/// Precision and scale of the results of decimal arithmetic, as Flink's `LogicalTypeMerging`.
package enum DecimalRules {
    /// The digits of a DECIMAL at most.
    package static let precisionMax = 38

    /// A type of exact numbers seen as DECIMAL; nil for other types.
    package static func decimal(of kind: TypeKind) -> (precision: Int, scale: Int)? {
        switch kind {
        case .tinyint: (3, 0)
        case .smallint: (5, 0)
        case .integer: (10, 0)
        case .bigint: (19, 0)
        case .decimal(let precision, let scale): (precision, scale)
        default: nil
        }
    }

    typealias Shape = (precision: Int, scale: Int)

    static func sum(_ left: Shape, _ right: Shape) -> TypeKind {
        let scale = max(left.scale, right.scale)
        let whole = max(left.precision - left.scale, right.precision - right.scale)
        return adjusted(whole + scale + 1, scale)
    }

    static func product(_ left: Shape, _ right: Shape) -> TypeKind {
        adjusted(left.precision + right.precision + 1, left.scale + right.scale)
    }

    static func quotient(_ left: Shape, _ right: Shape) -> TypeKind {
        let scale = max(6, left.scale + right.precision + 1)
        return adjusted(left.precision - left.scale + right.scale + scale, scale)
    }

    static func remainder(_ left: Shape, _ right: Shape) -> TypeKind {
        if left.scale == 0, right.scale == 0 {
            return .decimal(precision: right.precision, scale: 0)
        }
        let scale = max(left.scale, right.scale)
        let whole = min(left.precision - left.scale, right.precision - right.scale)
        return adjusted(whole + scale, scale)
    }

    /// The type of `ROUND` and `TRUNCATE` to a known number of digits.
    static func rounded(_ value: Shape, digits: Int) -> TypeKind {
        if digits >= value.scale {
            return .decimal(precision: value.precision, scale: value.scale)
        }
        let whole = 1 + value.precision - value.scale
        if digits < 0 { return .decimal(precision: min(precisionMax, whole), scale: 0) }
        return .decimal(precision: whole + digits, scale: digits)
    }

    /// Fits a shape into 38 digits: the scale gives way, down to six digits.
    private static func adjusted(_ precision: Int, _ scale: Int) -> TypeKind {
        if precision <= precisionMax { return .decimal(precision: precision, scale: scale) }
        let whole = precision - scale
        let kept = max(precisionMax - whole, min(scale, 6))
        return .decimal(precision: precisionMax, scale: kept)
    }
}
