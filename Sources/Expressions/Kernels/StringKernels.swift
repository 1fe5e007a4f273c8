import Columnar

/// Loops over text columns for functions that need no speed of their own.
enum StringKernels {
    /// A kernel that writes one text for each text.
    @inline(__always)
    static func map(
        _ type: DataType,
        _ body: @escaping (Span<UInt8>, inout BytesBuilder) -> Void
    ) -> StrictKernel {
        { input in
            let values = input.texts(0)
            var builder = BytesBuilder(
                reserving: values.count,
                bytes: max(1024, values.totalLength)
            )
            for row in 0..<values.count {
                if input.isValid(row) { body(values[row], &builder) }
                builder.endValue()
            }
            return Column(type, builder.finish(), validity: input.validity)
        }
    }

    /// A kernel that writes a text, or nothing for NULL, for each row.
    static func optionalMap(
        _ type: DataType,
        _ body: @escaping (StrictInput, Int, inout BytesBuilder) throws(RowFailure) -> Bool
    ) -> StrictKernel {
        { (input: StrictInput) throws(RowFailure) -> Column in
            var builder = BytesBuilder(reserving: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                var isValid = input.isValid(row)
                let start = builder.byteCount
                if isValid { isValid = try body(input, row, &builder) }
                try checkText(builder.byteCount - start, batch: builder.byteCount)
                builder.endValue()
                validity.append(isValid)
            }
            return Column(type, builder.finish(), validity: validity.finish().orNilIfAllOnes)
        }
    }

    /// Refuses a text that a column cannot hold, before it is made or closed.
    ///
    /// - `length`: of the text, in bytes; `batch`: of all texts up to it.
    static func checkText(_ length: Int, batch: Int = 0) throws(RowFailure) {
        if length > ExpressionLimits.textBytes {
            throw RowFailure(
                "the text would have \(length) bytes; the most is \(ExpressionLimits.textBytes)"
            )
        }
        if batch > ExpressionLimits.batchTextBytes {
            throw RowFailure(
                "the texts of one batch would have more than \(ExpressionLimits.batchTextBytes) "
                    + "bytes"
            )
        }
    }

    /// A kernel that makes an integer of each row.
    static func integers(
        _ type: DataType,
        _ body: @escaping (StrictInput, Int) throws(RowFailure) -> Int32
    ) -> StrictKernel {
        { (input: StrictInput) throws(RowFailure) -> Column in
            var values = FixedBuilder<Int32>(count: input.count)
            for row in 0..<input.count {
                values[row] = input.isValid(row) ? try body(input, row) : 0
            }
            return Column(type, values.finish(), validity: input.validity)
        }
    }

    /// A kernel that makes a truth value of each row.
    static func booleans(
        _ type: DataType,
        _ body: @escaping (StrictInput, Int) throws(RowFailure) -> Bool
    ) -> StrictKernel {
        { (input: StrictInput) throws(RowFailure) -> Column in
            var bits = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                bits.append(input.isValid(row) ? try body(input, row) : false)
            }
            return Column(type, bits.finish(), validity: input.validity)
        }
    }

    /// A kernel that writes a text for each BIGINT.
    static func fromIntegers(
        _ type: DataType,
        _ body: @escaping (Int64) -> String
    ) -> StrictKernel {
        { input in
            let values = input.column(0).int64s
            var builder = BytesBuilder(reserving: values.count)
            for row in 0..<values.count {
                if input.isValid(row) { builder.write(body(values[row])) }
                builder.endValue()
            }
            return Column(type, builder.finish(), validity: input.validity)
        }
    }
}

extension Bitmap {
    /// The bitmap as a validity: nil when no bit is zero.
    var orNilIfAllOnes: Bitmap? { isAllOnes ? nil : self }
}

/// Texts of the operands of a row, for functions of several texts.
extension StrictInput {
    /// The bytes of a text operand in a row.
    func bytes(_ operand: Int, _ row: Int) -> [UInt8] {
        switch operands[operand] {
        case .constant(let value, _): value.byteArray
        case .column(let column): column.byteStrings.array(row)
        }
    }

    func string(_ operand: Int, _ row: Int) -> String {
        String(decoding: bytes(operand, row), as: UTF8.self)
    }

    /// The value of an INT operand in a row.
    func int(_ operand: Int, _ row: Int) -> Int {
        switch operands[operand] {
        case .constant(let value, _): Int(value.integer)
        case .column(let column): Int(column.int32s[row])
        }
    }

    /// The value of a BIGINT operand in a row.
    func long(_ operand: Int, _ row: Int) -> Int64 {
        switch operands[operand] {
        case .constant(let value, _): value.integer
        case .column(let column): column.int64s[row]
        }
    }
}

/// Hexadecimal digits.
enum HexText {
    static func write(_ value: Span<UInt8>, uppercase: Bool, to output: inout BytesBuilder) {
        let digits = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        for index in value.indices {
            output.write(byte: digits[Int(value[index] >> 4)])
            output.write(byte: digits[Int(value[index] & 15)])
        }
    }

    /// The bytes of hexadecimal digits; nil when there is another character.
    static func parse(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        // An odd number of digits has a zero in front.
        var high: UInt8? = text.count % 2 == 1 ? 0 : nil
        for byte in text {
            guard let digit = digit(byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        if byte &- 48 <= 9 { return byte - 48 }
        let letter = (byte | 0x20) &- 97
        return letter < 6 ? letter + 10 : nil
    }
}
