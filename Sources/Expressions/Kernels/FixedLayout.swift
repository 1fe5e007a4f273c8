import Columnar

/// A Swift type that columns hold one value of for each row.
protocol FixedLayout: BitwiseCopyable, Sendable, Comparable {
    /// The values of a column of this layout.
    static func values(of column: Column) -> FixedValues<Self>
    /// The value of a constant; zero for NULL.
    static func value(of scalar: ScalarValue) -> Self
    static func column(
        _ type: DataType,
        _ values: FixedValues<Self>,
        validity: Bitmap?
    ) -> Column
    /// The value that stands under a NULL.
    static var zero: Self { get }
}

extension Int8: FixedLayout {
    static func values(of column: Column) -> FixedValues<Int8> { column.int8s }

    static func value(of scalar: ScalarValue) -> Int8 {
        Int8(truncatingIfNeeded: scalar.integer)
    }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Int8>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Int16: FixedLayout {
    static func values(of column: Column) -> FixedValues<Int16> { column.int16s }

    static func value(of scalar: ScalarValue) -> Int16 {
        Int16(truncatingIfNeeded: scalar.integer)
    }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Int16>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Int32: FixedLayout {
    static func values(of column: Column) -> FixedValues<Int32> { column.int32s }

    static func value(of scalar: ScalarValue) -> Int32 {
        Int32(truncatingIfNeeded: scalar.integer)
    }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Int32>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Int64: FixedLayout {
    static func values(of column: Column) -> FixedValues<Int64> { column.int64s }

    static func value(of scalar: ScalarValue) -> Int64 { scalar.integer }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Int64>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Int128: FixedLayout {
    static func values(of column: Column) -> FixedValues<Int128> { column.int128s }

    static func value(of scalar: ScalarValue) -> Int128 { scalar.wideInteger }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Int128>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Float: FixedLayout {
    static func values(of column: Column) -> FixedValues<Float> { column.floats }

    static func value(of scalar: ScalarValue) -> Float { Float(scalar.number) }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Float>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

extension Double: FixedLayout {
    static func values(of column: Column) -> FixedValues<Double> { column.doubles }

    static func value(of scalar: ScalarValue) -> Double { scalar.number }

    static func column(
        _ type: DataType,
        _ values: FixedValues<Double>,
        validity: Bitmap?
    ) -> Column {
        Column(type, values, validity: validity)
    }
}

/// An operand of known layout.
enum FixedOperand<Element: FixedLayout> {
    case values(FixedValues<Element>)
    case constant(Element)

    init(_ operand: Operand) {
        switch operand {
        case .column(let column): self = .values(Element.values(of: column))
        case .constant(let value, _): self = .constant(Element.value(of: value))
        }
    }
}
