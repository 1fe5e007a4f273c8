import Columnar

/// Conversions of ARRAY, MAP, MULTISET and ROW, element by element.
///
/// Where an element cannot be converted, its whole value fails.
enum NestedCasts {
    static func make(
        from: DataType,
        to: DataType,
        context: EvaluationContext
    ) -> ColumnCast {
        switch (from.kind, to.kind) {
        case (.array(let a), .array(let b)):
            let cast = CastKernels.columnCast(from: a, to: b, context: context)
            return { lists($0, to, cast) }
        case (.multiset, .multiset), (.map, .map):
            let fromTypes = from.mapTypes
            let toTypes = to.mapTypes
            let keys = CastKernels.columnCast(
                from: fromTypes.key,
                to: toTypes.key,
                context: context
            )
            let values = CastKernels.columnCast(
                from: fromTypes.value,
                to: toTypes.value,
                context: context
            )
            return { maps($0, to, keys, values) }
        case (.row(let a), .row(let b)):
            let casts = zip(a, b).map {
                CastKernels.columnCast(from: $0.type, to: $1.type, context: context)
            }
            return { rows($0, to, casts) }
        default: preconditionFailure("no conversion from \(from) to \(to)")
        }
    }

    private static func lists(
        _ column: Column,
        _ type: DataType,
        _ cast: ColumnCast
    ) -> CastOutcome {
        let lists = column.lists
        let outcome = cast(lists.elements)
        let result = Column(
            type,
            ListValues(
                offsets: lists.offsets,
                elements: outcome.column.retyped(type.elementType)
            ),
            validity: column.validity
        )
        return CastOutcome(result, failures: failures([outcome], lists.offsets, column))
    }

    private static func maps(
        _ column: Column,
        _ type: DataType,
        _ keyCast: ColumnCast,
        _ valueCast: ColumnCast
    ) -> CastOutcome {
        let maps = column.maps
        let keys = keyCast(maps.keys)
        let values = valueCast(maps.values)
        let types = type.mapTypes
        let result = Column(
            type,
            MapValues(
                offsets: maps.offsets,
                keys: keys.column.retyped(types.key),
                values: values.column.retyped(types.value)
            ),
            validity: column.validity
        )
        return CastOutcome(result, failures: failures([keys, values], maps.offsets, column))
    }

    private static func rows(
        _ column: Column,
        _ type: DataType,
        _ casts: [ColumnCast]
    ) -> CastOutcome {
        var failed = CastFailures()
        var fields: [Column] = []
        for ((field, cast), target) in zip(zip(column.fieldColumns, casts), type.rowFields) {
            let outcome = cast(field)
            fields.append(outcome.column.retyped(target.type))
            for row in outcome.failures?.rows ?? [] where !column.isNull(row) {
                failed.add(row, outcome.failures?.reason ?? "")
            }
        }
        let result = Column(
            type,
            fields: fields,
            count: column.count,
            validity: column.validity
        )
        return CastOutcome(result, failures: failed.orNil)
    }

    /// The rows that hold a failing element.
    private static func failures(
        _ outcomes: [CastOutcome],
        _ offsets: FixedValues<Int32>,
        _ column: Column
    ) -> CastFailures? {
        var failed = CastFailures()
        for outcome in outcomes {
            guard let inner = outcome.failures else { continue }
            let rows = Set(inner.rows)
            for row in 0..<column.count where !column.isNull(row) {
                let range = Int(offsets[row])..<Int(offsets[row + 1])
                if range.contains(where: { rows.contains($0) }) {
                    failed.add(row, inner.reason)
                }
            }
        }
        return failed.orNil
    }
}
