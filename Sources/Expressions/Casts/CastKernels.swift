import Columnar

/// `CAST` and `TRY_CAST`, as Flink's casting rules.
enum CastKernels {
    static func make(
        from: DataType,
        to: DataType,
        mode: CastMode,
        context: EvaluationContext
    ) -> Kernel {
        let cast = columnCast(from: from, to: to, context: context)
        return { (input: KernelInput) throws(RowFailure) -> Operand in
            if input.operands[0].isAllNull, from.isNullable || !to.kind.isCharacter {
                return .constant(.null, to)
            }
            let outcome = cast(input.operands[0].column(count: input.count))
            guard let failures = outcome.failures else {
                return .column(outcome.column.retyped(to))
            }
            if mode == .strict { throw RowFailure(failures.reason) }
            return .column(outcome.column.invalidating(failures.rows).retyped(to))
        }
    }

    /// Whether some value of the one type cannot become one of the other.
    static func canFail(from: DataType, to: DataType) -> Bool {
        switch (from.kind, to.kind) {
        case (.array(let a), .array(let b)), (.multiset(let a), .multiset(let b)):
            return canFail(from: a, to: b)
        case (.map(let aKey, let aValue), .map(let bKey, let bValue)):
            return canFail(from: aKey, to: bKey) || canFail(from: aValue, to: bValue)
        case (.row(let a), .row(let b)):
            return zip(a, b).contains { canFail(from: $0.type, to: $1.type) }
        default: break
        }
        if from.kind.isCharacter { return !to.kind.isCharacter && !to.kind.isBinary }
        return isNarrowTimestamp(from.kind) && isNanosecondTimestamp(to.kind)
    }

    private static func isNanosecondTimestamp(_ kind: TypeKind) -> Bool {
        (kind.isTimestamp || kind.isTimestampLTZ) && kind.timePrecision > 6
    }

    private static func isNarrowTimestamp(_ kind: TypeKind) -> Bool {
        kind.isDatetime && !isNanosecondTimestamp(kind)
    }

    /// The conversion of one type to another; the pair must be one that `CAST` allows.
    static func columnCast(
        from: DataType,
        to: DataType,
        context: EvaluationContext
    ) -> ColumnCast {
        if from.kind == .null { return { CastOutcome(.nulls(to, count: $0.count)) } }
        if from.kind == to.kind { return { CastOutcome($0.retyped(to)) } }
        if to.kind.isCharacter { return TextCasts.toText(from: from, to: to, context: context) }
        if from.kind.isCharacter {
            return TextCasts.fromText(from: from, to: to, context: context)
        }
        if from.kind.isNumeric || from.kind == .boolean,
            to.kind.isNumeric || to.kind == .boolean
        {
            return { CastOutcome(NumericCasts.cast($0, to: to)) }
        }
        if from.kind.isBinary { return { CastOutcome(TextCasts.fitted(bytes: $0, to: to)) } }
        if from.kind.isDatetime {
            return TimeCasts.make(from: from, to: to, zone: context.zone)
        }
        if from.kind.isInterval || to.kind.isInterval {
            return { CastOutcome(TimeCasts.interval($0, to: to)) }
        }
        return NestedCasts.make(from: from, to: to, context: context)
    }
}
