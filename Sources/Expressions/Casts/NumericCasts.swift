import Columnar

/// Conversions among numbers and BOOLEAN: integers wrap, decimals that do not fit become NULL.
enum NumericCasts {
    static func cast(_ column: Column, to type: DataType) -> Column {
        if type.kind == .boolean { return toBoolean(column, type) }
        if column.type.kind == .boolean { return fromBoolean(column, type) }
        if type.kind.isDecimal { return toDecimal(column, type) }
        if column.type.kind.isDecimal { return fromDecimal(column, type) }
        return primitive(column, to: type)
    }

    /// Between integers and floating-point numbers, as Java converts primitives.
    static func primitive(_ column: Column, to type: DataType) -> Column {
        switch column.type.layout {
        case .int8: integers(column, column.int8s, type)
        case .int16: integers(column, column.int16s, type)
        case .int32: integers(column, column.int32s, type)
        case .int64: integers(column, column.int64s, type)
        case .float: reals(column, Loops.map(column.floats) { Double($0) }, type)
        default: reals(column, column.doubles, type)
        }
    }

    private static func integers<Number: FixedLayout & FixedWidthInteger>(
        _ column: Column,
        _ values: FixedValues<Number>,
        _ type: DataType
    ) -> Column {
        let valid = column.validity
        switch type.layout {
        case .int8:
            let result: FixedValues<Int8> = Loops.map(values) { Int8(truncatingIfNeeded: $0) }
            return Column(type, result, validity: valid)
        case .int16:
            let result: FixedValues<Int16> = Loops.map(values) { Int16(truncatingIfNeeded: $0) }
            return Column(type, result, validity: valid)
        case .int32:
            let result: FixedValues<Int32> = Loops.map(values) { Int32(truncatingIfNeeded: $0) }
            return Column(type, result, validity: valid)
        case .int64:
            let result: FixedValues<Int64> = Loops.map(values) { Int64(truncatingIfNeeded: $0) }
            return Column(type, result, validity: valid)
        case .float:
            let result: FixedValues<Float> = Loops.map(values) { Float($0) }
            return Column(type, result, validity: valid)
        default:
            let result: FixedValues<Double> = Loops.map(values) { Double($0) }
            return Column(type, result, validity: valid)
        }
    }

    private static func reals(
        _ column: Column,
        _ values: FixedValues<Double>,
        _ type: DataType
    ) -> Column {
        let valid = column.validity
        switch type.layout {
        case .int8:
            let result: FixedValues<Int8> = Loops.map(values) {
                Int8(truncatingIfNeeded: saturated($0) as Int32)
            }
            return Column(type, result, validity: valid)
        case .int16:
            let result: FixedValues<Int16> = Loops.map(values) {
                Int16(truncatingIfNeeded: saturated($0) as Int32)
            }
            return Column(type, result, validity: valid)
        case .int32:
            let result: FixedValues<Int32> = Loops.map(values) { saturated($0) }
            return Column(type, result, validity: valid)
        case .int64:
            let result: FixedValues<Int64> = Loops.map(values) { saturated($0) }
            return Column(type, result, validity: valid)
        case .float:
            let result: FixedValues<Float> = Loops.map(values) { Float($0) }
            return Column(type, result, validity: valid)
        default: return Column(type, values, validity: valid)
        }
    }

    /// Java's narrowing of a floating-point number: NaN is 0, what is too large the largest.
    @inline(__always)
    static func saturated<Number: FixedWidthInteger>(_ value: Double) -> Number {
        if value.isNaN { return 0 }
        if value >= Double(Number.max) { return .max }
        if value <= Double(Number.min) { return .min }
        return Number(value)
    }

    private static func toBoolean(_ column: Column, _ type: DataType) -> Column {
        let bits =
            switch column.type.layout {
            case .int8: Loops.bits(column.int8s) { $0 != 0 }
            case .int16: Loops.bits(column.int16s) { $0 != 0 }
            case .int32: Loops.bits(column.int32s) { $0 != 0 }
            case .int64: Loops.bits(column.int64s) { $0 != 0 }
            case .int128: Loops.bits(column.int128s) { $0 != 0 }
            case .float: Loops.bits(column.floats) { $0 != 0 }
            default: Loops.bits(column.doubles) { $0 != 0 }
            }
        return Column(type, bits, validity: column.validity)
    }

    private static func fromBoolean(_ column: Column, _ type: DataType) -> Column {
        let bits = column.bits
        var values = FixedBuilder<Int32>(count: column.count)
        for row in 0..<column.count { values[row] = bits[row] ? 1 : 0 }
        let integers = Column(.integer, values.finish(), validity: column.validity)
        return type.kind == .integer ? integers.retyped(type) : cast(integers, to: type)
    }

    private static func toDecimal(_ column: Column, _ type: DataType) -> Column {
        guard case .decimal(let precision, let scale) = type.kind else { return column }
        if column.type.kind.isApproximateNumeric { return realsToDecimal(column, type) }
        let from = DecimalRules.decimal(of: column.type.kind) ?? (38, 0)
        let fits = from.precision - from.scale <= precision - scale && from.scale <= scale
        if fits { return widened(column, type, DecimalMath.powerOfTen(scale - from.scale)) }
        let values = column.wideIntegers
        return checked(column, type) {
            WideDecimal.rescale(values[$0], from: from.scale, to: scale, digits: precision)
        }
    }

    /// A decimal with more digits on both sides of the point: a multiplication.
    private static func widened(
        _ column: Column,
        _ type: DataType,
        _ factor: Int128
    ) -> Column {
        if type.layout == .int64, column.type.layout == .int64 {
            let narrow = Int64(factor)
            if narrow == 1 { return column.retyped(type) }
            let values: FixedValues<Int64> = Loops.map(column.int64s) { $0 &* narrow }
            return Column(type, values, validity: column.validity)
        }
        let values: FixedValues<Int128> = Loops.map(column.wideIntegers) { $0 &* factor }
        return Column(
            DataType(.decimal(precision: 38, scale: 0)),
            values,
            validity: column.validity
        ).narrowed(type)
    }

    private static func realsToDecimal(_ column: Column, _ type: DataType) -> Column {
        guard case .decimal(let precision, let scale) = type.kind else { return column }
        let limit = DecimalMath.powerOfTen(precision)
        return checked(column, type) { row in
            let number = column.scalar(row).number
            guard number.isFinite, let value = DecimalText(number).scaled(scale) else {
                return nil
            }
            return value.magnitude < limit.magnitude ? value : nil
        }
    }

    private static func checked(
        _ column: Column,
        _ type: DataType,
        _ body: (Int) -> Int128?
    ) -> Column {
        var values = FixedBuilder<Int128>(count: column.count)
        var validity = BitmapBuilder(reserving: column.count)
        for row in 0..<column.count {
            let value = column.isNull(row) ? nil : body(row)
            values[row] = value ?? 0
            validity.append(value != nil)
        }
        let valid = validity.finish()
        return Column(
            DataType(.decimal(precision: 38, scale: 0)),
            values.finish(),
            validity: valid.isAllOnes ? nil : valid
        ).narrowed(type)
    }

    private static func fromDecimal(_ column: Column, _ type: DataType) -> Column {
        let scale = column.type.scale
        if type.kind.isApproximateNumeric { return decimalToReal(column, type, scale) }
        let factor = DecimalMath.powerOfTen(scale)
        let values: FixedValues<Int64> =
            if column.type.layout == .int64 {
                whole(column.int64s, Int64(factor))
            } else {
                Loops.map(column.int128s) { Int64(truncatingIfNeeded: $0 / factor) }
            }
        return primitive(Column(.bigint, values, validity: column.validity), to: type)
    }

    private static func whole(
        _ values: FixedValues<Int64>,
        _ factor: Int64
    ) -> FixedValues<Int64> {
        factor == 1 ? values : Loops.map(values) { $0 / factor }
    }

    private static func decimalToReal(
        _ column: Column,
        _ type: DataType,
        _ scale: Int
    ) -> Column {
        let values: FixedValues<Double>
        if column.type.layout == .int64 {
            let divisor = Double(DecimalMath.powerOfTen(scale))
            values = Loops.map(column.int64s) { Double($0) / divisor }
        } else {
            values = Loops.map(column.int128s) { Double("\($0)e-\(scale)") ?? 0 }
        }
        if type.kind == .double { return Column(type, values, validity: column.validity) }
        let floats: FixedValues<Float> = Loops.map(values) { Float($0) }
        return Column(type, floats, validity: column.validity)
    }
}
