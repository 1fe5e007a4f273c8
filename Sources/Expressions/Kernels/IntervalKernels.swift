import Columnar

/// Arithmetic of intervals, and of dates and times with intervals.
enum IntervalKernels {
    private static let day = CalendarMath.millisecondsPerDay

    static func binary(
        _ operation: ArithmeticKernels.Operation,
        _ request: KernelRequest
    ) -> StrictKernel {
        let left = request.type(0).kind
        let right = request.type(1).kind
        if left.isInterval, right.isInterval { return intervals(operation, request) }
        if left.isInterval, right.isDatetime {
            let mirrored = KernelRequest(
                function: request.function,
                arguments: [request.arguments[1], request.arguments[0]],
                result: request.result,
                context: request.context
            )
            let body = shift(mirrored, isMinus: false)
            return { (input: StrictInput) throws(RowFailure) -> Column in
                try body(input.swapped)
            }
        }
        if left.isDatetime { return shift(request, isMinus: operation == .subtract) }
        return scaled(operation, request)
    }

    private static func intervals(
        _ operation: ArithmeticKernels.Operation,
        _ request: KernelRequest
    ) -> StrictKernel {
        let type = request.result
        let isMinus = operation == .subtract
        if type.kind.isYearMonthInterval {
            return { input in
                let values: FixedValues<Int32> = Loops.map(
                    input.fixed(0, Int32.self),
                    input.fixed(1, Int32.self),
                    count: input.count
                ) { isMinus ? $0 &- $1 : $0 &+ $1 }
                return input.result(type, values)
            }
        }
        return { input in
            let values: FixedValues<Int64> = Loops.map(
                input.fixed(0, Int64.self),
                input.fixed(1, Int64.self),
                count: input.count
            ) { isMinus ? $0 &- $1 : $0 &+ $1 }
            return input.result(type, values)
        }
    }

    /// An interval times or by a number, which is a BIGINT; either may come first.
    private static func scaled(
        _ operation: ArithmeticKernels.Operation,
        _ request: KernelRequest
    ) -> StrictKernel {
        let type = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            let interval = request.type(0).kind.isInterval ? 0 : 1
            let column = input.column(interval)
            let months = type.kind.isYearMonthInterval
            let values = months ? Loops.map(column.int32s) { Int64($0) } : column.int64s
            let factors = FixedOperand<Int64>(input.operands[1 - interval])
            var result = FixedBuilder<Int64>(count: input.count)
            for row in 0..<input.count {
                let factor = factors.value(row)
                if operation == .multiply {
                    result[row] = values[row] &* factor
                } else if factor != 0 {
                    result[row] = values[row].dividedReportingOverflow(by: factor).partialValue
                } else {
                    if input.isValid(row) { throw RowFailure("/ by zero") }
                    result[row] = 0
                }
            }
            let products = result.finish()
            guard months else { return input.result(type, products) }
            let narrow: FixedValues<Int32> = Loops.map(products) { Int32(truncatingIfNeeded: $0) }
            return input.result(type, narrow)
        }
    }

    /// A date or time some interval later or earlier.
    static func shift(_ request: KernelRequest, isMinus: Bool) -> StrictKernel {
        let type = request.result
        let isMonths = request.type(1).kind.isYearMonthInterval
        let sign: Int64 = isMinus ? -1 : 1
        switch request.type(0).kind {
        case .date:
            guard type.kind == .date else { return dateToTimestamp(type, sign) }
            return isMonths ? dateMonths(type, Int(sign)) : dateDays(type, sign)
        case .time: return isMonths ? { $0.column(0).retyped(type) } : time(type, sign)
        default:
            let units = request.type(0).timestampUnitsPerMillisecond ?? 1000
            if isMonths { return timestampMonths(type, Int(sign), units) }
            return { input in
                let factor = units &* sign
                let values: FixedValues<Int64> = Loops.map(
                    input.fixed(0, Int64.self),
                    input.fixed(1, Int64.self),
                    count: input.count
                ) { $0 &+ $1 &* factor }
                return input.result(type, values)
            }
        }
    }

    private static func dateDays(_ type: DataType, _ sign: Int64) -> StrictKernel {
        { input in
            let values: FixedValues<Int32> = Loops.map(
                input.fixed(0, Int32.self),
                input.fixed(1, Int64.self),
                count: input.count
            ) { $0 &+ Int32(truncatingIfNeeded: sign &* ($1 / day)) }
            return input.result(type, values)
        }
    }

    private static func dateToTimestamp(_ type: DataType, _ sign: Int64) -> StrictKernel {
        let units = type.timestampUnitsPerMillisecond ?? 1000
        return { input in
            let values: FixedValues<Int64> = Loops.map(
                input.fixed(0, Int32.self),
                input.fixed(1, Int64.self),
                count: input.count
            ) { (Int64($0) &* day &+ sign &* $1) &* units }
            return input.result(type, values)
        }
    }

    private static func dateMonths(_ type: DataType, _ sign: Int) -> StrictKernel {
        { input in
            let values: FixedValues<Int32> = Loops.map(
                input.fixed(0, Int32.self),
                input.fixed(1, Int32.self),
                count: input.count
            ) { date, months in
                let days = CalendarMath.addMonths(toDays: Int(date), sign &* Int(months))
                return Int32(truncatingIfNeeded: days)
            }
            return input.result(type, values)
        }
    }

    private static func time(_ type: DataType, _ sign: Int64) -> StrictKernel {
        { input in
            let values: FixedValues<Int32> = Loops.map(
                input.fixed(0, Int32.self),
                input.fixed(1, Int64.self),
                count: input.count
            ) { Int32(truncatingIfNeeded: (Int64($0) &+ day &+ sign &* ($1 % day)) % day) }
            return input.result(type, values)
        }
    }

    private static func timestampMonths(
        _ type: DataType,
        _ sign: Int,
        _ units: Int64
    ) -> StrictKernel {
        { input in
            let values: FixedValues<Int64> = Loops.map(
                input.fixed(0, Int64.self),
                input.fixed(1, Int32.self),
                count: input.count
            ) { value, months in
                let milliseconds = value.flooredDivision(by: units)
                let rest = value &- milliseconds &* units
                let moved = CalendarMath.addMonths(
                    toMilliseconds: milliseconds,
                    sign &* Int(months)
                )
                return moved &* units &+ rest
            }
            return input.result(type, values)
        }
    }

    /// The distance of two dates or times, as an interval.
    static func difference(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return { input in
            let later = milliseconds(input.column(0))
            let earlier = milliseconds(input.column(1))
            if type.kind.isYearMonthInterval {
                let months: FixedValues<Int32> = Loops.map(
                    FixedOperand.values(later),
                    FixedOperand.values(earlier),
                    count: input.count
                ) { Int32(truncatingIfNeeded: CalendarMath.monthsBetween(milliseconds: $0, $1)) }
                return input.result(type, months)
            }
            let values: FixedValues<Int64> = Loops.map(
                FixedOperand.values(later),
                FixedOperand.values(earlier),
                count: input.count
            ) { $0 &- $1 }
            return input.result(type, values)
        }
    }

    /// Dates, times and timestamps in milliseconds.
    static func milliseconds(_ column: Column) -> FixedValues<Int64> {
        switch column.type.kind {
        case .date: return Loops.map(column.int32s) { Int64($0) &* day }
        case .time: return Loops.map(column.int32s) { Int64($0) }
        default:
            let units = column.type.timestampUnitsPerMillisecond ?? 1
            return Loops.map(column.int64s) { $0.flooredDivision(by: units) }
        }
    }
}

extension StrictInput {
    /// The same with the two operands in the other order.
    fileprivate var swapped: StrictInput {
        StrictInput(
            operands: [operands[1], operands[0]],
            count: count,
            validity: validity,
            environment: environment
        )
    }
}
