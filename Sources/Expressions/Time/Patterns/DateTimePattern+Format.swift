import Columnar

extension DateTimePattern {
    /// Writes a date and time; throws Java's words for what the pattern cannot show.
    func write(
        _ value: DateTimeValue,
        to output: inout BytesBuilder
    ) throws(PatternMismatch) {
        for element in elements {
            try DateTimePattern.write(element, value, to: &output)
        }
    }

    private static func write(
        _ element: Element,
        _ value: DateTimeValue,
        to output: inout BytesBuilder
    ) throws(PatternMismatch) {
        switch element {
        case .literal(let literal): output.write(literal.span)
        case .number(let number): try write(number, value, to: &output)
        case .text(let field, let style):
            let number = value.value(of: field)
            let names = CalendarNames.table(field, style) ?? []
            if let name = names.first(where: { $0.1 == number }) { output.write(name.0) }
        case .fraction(let minimum, let maximum, let hasPoint, _):
            writeFraction(minimum, maximum, hasPoint, value, to: &output)
        case .optional(let elements):
            for element in elements { try write(element, value, to: &output) }
        case .offset:
            throw PatternMismatch(reason: "Unsupported field: OffsetSeconds")
        case .zoneID:
            throw PatternMismatch(
                reason: "Unable to extract ZoneId from temporal \(value.dateText)"
            )
        case .padded(let element, let width, let fill):
            try writePadded(element, width, fill, value, to: &output)
        }
    }

    private static func write(
        _ number: NumberElement,
        _ value: DateTimeValue,
        to output: inout BytesBuilder
    ) throws(PatternMismatch) {
        guard let whole = value.value(of: number.field) else { return }
        if number.base != nil {
            return NumberText.writeDigits(UInt(whole.magnitude % 100), minimum: 2, to: &output)
        }
        let width = String(whole.magnitude).utf8.count
        guard width <= number.maximum else {
            throw PatternMismatch(
                reason: "Field \(number.field.javaName) cannot be printed as the value \(whole) "
                    + "exceeds the maximum print width of \(number.maximum)"
            )
        }
        if whole < 0 {
            output.write(byte: UInt8(ascii: "-"))
        } else if number.sign == .exceedsPad, width > number.minimum {
            output.write(byte: UInt8(ascii: "+"))
        }
        NumberText.writeDigits(whole.magnitude, minimum: number.minimum, to: &output)
    }

    private static func writeFraction(
        _ minimum: Int,
        _ maximum: Int,
        _ hasPoint: Bool,
        _ value: DateTimeValue,
        to output: inout BytesBuilder
    ) {
        var digits = maximum
        var rest = value.nanoseconds / Int(DecimalMath.powerOfTen(9 - min(9, maximum)))
        while digits > minimum, rest % 10 == 0 {
            rest /= 10
            digits -= 1
        }
        guard digits > 0 else { return }
        if hasPoint { output.write(byte: UInt8(ascii: ".")) }
        NumberText.writeDigits(UInt(rest), minimum: min(9, digits), to: &output)
    }

    private static func writePadded(
        _ element: Element,
        _ width: Int,
        _ fill: UInt8,
        _ value: DateTimeValue,
        to output: inout BytesBuilder
    ) throws(PatternMismatch) {
        var inner = BytesBuilder(reserving: 1)
        try write(element, value, to: &inner)
        inner.endValue()
        let text = inner.finish()
        guard text.length(0) <= width else {
            throw PatternMismatch(
                reason: "Cannot print as output of \(text.length(0)) characters exceeds pad "
                    + "width of \(width)"
            )
        }
        for _ in text.length(0)..<width { output.write(byte: fill) }
        output.write(text[0])
    }
}
