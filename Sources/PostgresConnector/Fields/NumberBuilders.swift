import Columnar

/// NUMERIC, MONEY and integers as scaled integers.
final class DecimalBuilder: FieldBuilder {
    private let scale: Int
    private let limit: UInt128
    private let isWide: Bool
    private let isMoney: Bool
    private var narrow = GrowingValues<Int64>()
    private var wide = GrowingValues<Int128>()

    init(_ type: DataType, precision: Int, scale: Int, isMoney: Bool) {
        self.scale = scale
        self.isMoney = isMoney
        limit = UInt128(DecimalMath.powerOfTen(precision))
        isWide = precision > 18
        super.init(type)
    }

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        if isMoney {
            let plain = MoneyText.plain(text)
            return store(plain.span)
        }
        return store(text)
    }

    private func store(_ text: Span<UInt8>) -> FieldOutcome {
        switch DecimalScan.scaled(text, scale: scale, limit: limit) {
        case .value(let value):
            if isWide {
                wide.append(value)
            } else {
                narrow.append(Int64(truncatingIfNeeded: value))
            }
            return .taken
        case .tooLarge, .notFinite: return .replacedByNull
        case .malformed: return .malformed
        }
    }

    override func takeNull() {
        if isWide { wide.append(0) } else { narrow.append(0) }
    }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        if isWide {
            var taken = GrowingValues<Int128>()
            swap(&taken, &wide)
            return Column(type, taken.finish(), validity: validity)
        }
        var taken = GrowingValues<Int64>()
        swap(&taken, &narrow)
        return Column(type, taken.finish(), validity: validity)
    }
}

/// The text of MONEY under `lc_monetary = 'C'`: `-$1,234.56`.
enum MoneyText {
    /// The same without currency sign and commas.
    static func plain(_ text: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for index in text.indices {
            let byte = text[index]
            if TextScan.digit(byte) != nil || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            {
                result.append(byte)
            }
        }
        return result
    }
}

final class DoubleBuilder: FieldBuilder {
    private var values = GrowingValues<Double>()

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        guard let value = TextScan.double(text) else { return .malformed }
        values.append(value)
        return .taken
    }

    override func takeNull() { values.append(0) }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = GrowingValues<Double>()
        swap(&taken, &values)
        return Column(type, taken.finish(), validity: validity)
    }
}

final class FloatBuilder: FieldBuilder {
    private var values = GrowingValues<Float>()

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        // Through Double only where that cannot round twice: up to 15 digits are exact.
        if let value = TextScan.double(text), text.count <= 9 || !value.isFinite {
            values.append(Float(value))
            return .taken
        }
        guard let value = Float(TextScan.string(text)) else { return .malformed }
        values.append(value)
        return .taken
    }

    override func takeNull() { values.append(0) }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = GrowingValues<Float>()
        swap(&taken, &values)
        return Column(type, taken.finish(), validity: validity)
    }
}
