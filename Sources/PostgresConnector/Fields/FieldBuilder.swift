import Columnar

/// What became of a value on its way from the server's text into a column.
enum FieldOutcome: UInt8 {
    case taken
    /// NaN, an infinity or a number too large for the declared type: NULL stands in its place.
    case replacedByNull
    /// An infinite date or timestamp: the first or last representable value stands in its place.
    case clamped
    /// Not what the type's text looks like.
    case malformed
}

/// Collects one column from the server's text form of its values (one call per field).
class FieldBuilder {
    final let type: DataType
    private var validity = BitmapBuilder()
    private var hasNull = false

    init(_ type: DataType) {
        self.type = type
    }

    /// Appends a value given as text.
    final func append(_ text: Span<UInt8>) -> FieldOutcome {
        let outcome = take(text)
        let isNull = outcome == .replacedByNull || outcome == .malformed
        if isNull { takeNull() }
        validity.append(!isNull)
        hasNull = hasNull || isNull
        return outcome
    }

    final func appendNull() {
        takeNull()
        validity.append(false)
        hasNull = true
    }

    final func finish() -> Column {
        var bits = BitmapBuilder()
        swap(&bits, &validity)
        let finished = bits.finish()
        defer { hasNull = false }
        return takeColumn(hasNull ? finished : nil)
    }

    /// Adds the value; adds nothing when it gives `.replacedByNull` or `.malformed`.
    func take(_ text: Span<UInt8>) -> FieldOutcome {
        preconditionFailure("a field builder reads text")
    }

    /// Adds whatever stands under a NULL.
    func takeNull() {
        preconditionFailure("a field builder takes NULL")
    }

    /// Gives the values away and starts anew.
    func takeColumn(_ validity: Bitmap?) -> Column {
        preconditionFailure("a field builder gives a column")
    }
}

final class BooleanBuilder: FieldBuilder {
    private var bits = BitmapBuilder()

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        guard text.count > 0 else { return .malformed }
        switch text[0] {
        case UInt8(ascii: "t"), UInt8(ascii: "1"): bits.append(true)
        case UInt8(ascii: "f"), UInt8(ascii: "0"): bits.append(false)
        default: return .malformed
        }
        return .taken
    }

    override func takeNull() { bits.append(false) }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = BitmapBuilder()
        swap(&taken, &bits)
        return Column(type, taken.finish(), validity: validity)
    }
}

/// Integers, and everything else that is stored as one.
///
/// Kept in 64 bits and narrowed once a batch: a generic class would run unspecialised code,
/// since methods called through its vtable look their types up at run time.
class IntegerBuilder: FieldBuilder {
    private final var values = GrowingValues<Int64>()
    private final let range: ClosedRange<Int64>

    override init(_ type: DataType) {
        switch type.layout {
        case .int8: range = Int64(Int8.min)...Int64(Int8.max)
        case .int16: range = Int64(Int16.min)...Int64(Int16.max)
        case .int32: range = Int64(Int32.min)...Int64(Int32.max)
        default: range = .min ... .max
        }
        super.init(type)
    }

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        guard let number = TextScan.integer(text) else { return .malformed }
        return store(number)
    }

    /// Adds a number, if it fits.
    final func store(_ number: Int64, _ outcome: FieldOutcome = .taken) -> FieldOutcome {
        guard number >= range.lowerBound, number <= range.upperBound else {
            return .replacedByNull
        }
        values.append(number)
        return outcome
    }

    final override func takeNull() { values.append(0) }

    final override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = GrowingValues<Int64>()
        swap(&taken, &values)
        let wide = taken.finish()
        let values: ColumnValues =
            switch type.layout {
            case .int8: .int8(Self.narrowed(wide))
            case .int16: .int16(Self.narrowed(wide))
            case .int32: .int32(Self.narrowed(wide))
            default: .int64(wide)
            }
        return Column(type: type, validity: validity, values: values, count: wide.count)
    }

    @inline(__always)
    private static func narrowed<Value: FixedWidthInteger & BitwiseCopyable>(
        _ wide: FixedValues<Int64>
    ) -> FixedValues<Value> {
        var narrow = FixedBuilder<Value>(count: wide.count)
        let from = wide.span
        var to = narrow.span
        for index in to.indices { to[index] = Value(truncatingIfNeeded: from[index]) }
        return narrow.finish()
    }
}

/// Days since 1970.
final class DateBuilder: IntegerBuilder {
    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        switch TimeScan.date(text) {
        case .value(let days): store(days)
        case .clamped(let days): store(days, .clamped)
        case .malformed: .malformed
        }
    }
}

/// Milliseconds of the day; `24:00:00` becomes the last millisecond.
final class TimeBuilder: IntegerBuilder {
    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        guard let microseconds = TimeScan.time(text) else { return .malformed }
        if microseconds >= 86_400_000_000 { return store(86_399_999, .clamped) }
        return store(microseconds / 1000)
    }
}

/// Timestamps with or without a zone, cut to the declared precision.
final class TimestampBuilder: IntegerBuilder {
    private let unitsPerSecond: Int64
    private let step: Int64

    init(_ type: DataType, precision: Int) {
        unitsPerSecond = DataType.timestampUnitsPerSecond(precision: precision)
        let digits = unitsPerSecond == 1_000_000 ? 6 : 9
        step = Int64(DecimalMath.powerOfTen(digits - precision))
        super.init(type)
    }

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        switch TimeScan.timestamp(text, unitsPerSecond: unitsPerSecond, step: step) {
        case .value(let value): store(value)
        case .clamped(let value): store(value, .clamped)
        case .malformed: .malformed
        }
    }
}
