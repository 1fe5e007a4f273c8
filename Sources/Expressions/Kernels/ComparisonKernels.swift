import Columnar

/// `= <> < <= > >=` on operands of one type.
enum ComparisonKernels {
    /// The six comparisons.
    enum Operation: String, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        /// The comparison that holds when the operands change sides.
        var mirrored: Operation {
            switch self {
            case .equal, .notEqual: self
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }

        /// Whether it holds for an order that is negative, zero or positive.
        @inline(__always)
        func holds(_ order: Int) -> Bool {
            switch self {
            case .equal: order == 0
            case .notEqual: order != 0
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            case .greaterOrEqual: order >= 0
            }
        }
    }

    static func make(_ operation: Operation, _ request: KernelRequest) -> StrictKernel {
        let type = request.type(0)
        if let left = timestampUnits(type), let right = timestampUnits(request.type(1)),
            left != right
        {
            return timestamps(operation, request.result, left, right)
        }
        switch type.layout {
        case .bits: return booleans(operation, request.result)
        case .int8: return fixed(operation, request.result, Int8.self)
        case .int16: return fixed(operation, request.result, Int16.self)
        case .int32: return fixed(operation, request.result, Int32.self)
        case .int64: return fixed(operation, request.result, Int64.self)
        case .int128: return fixed(operation, request.result, Int128.self)
        case .float: return fixed(operation, request.result, Float.self)
        case .double: return fixed(operation, request.result, Double.self)
        case .bytes: return bytes(operation, request.result)
        case .null, .list, .map, .row: return nested(operation, request)
        }
    }

    private static func fixed<Element: FixedLayout>(
        _ operation: Operation,
        _ type: DataType,
        _: Element.Type
    ) -> StrictKernel {
        { input in
            let left = input.fixed(0, Element.self)
            let right = input.fixed(1, Element.self)
            return input.result(type, compare(operation, left, right, input.count))
        }
    }

    private static func compare<Element: FixedLayout>(
        _ operation: Operation,
        _ left: FixedOperand<Element>,
        _ right: FixedOperand<Element>,
        _ count: Int
    ) -> Bitmap {
        if case .constant = left, case .values = right {
            return compare(operation.mirrored, right, left, count)
        }
        return switch operation {
        case .equal: Loops.bits(left, right, count: count) { $0 == $1 }
        case .notEqual: Loops.bits(left, right, count: count) { $0 != $1 }
        case .less: Loops.bits(left, right, count: count) { $0 < $1 }
        case .lessOrEqual: Loops.bits(left, right, count: count) { $0 <= $1 }
        case .greater: Loops.bits(left, right, count: count) { $0 > $1 }
        case .greaterOrEqual: Loops.bits(left, right, count: count) { $0 >= $1 }
        }
    }

    private static func booleans(_ operation: Operation, _ type: DataType) -> StrictKernel {
        { input in
            let left = input.column(0).bits
            let right = input.column(1).bits
            let result =
                switch operation {
                case .equal: left.xor(right).not()
                case .notEqual: left.xor(right)
                case .less: right.andNot(left)
                case .lessOrEqual: right.or(left.not())
                case .greater: left.andNot(right)
                case .greaterOrEqual: left.or(right.not())
                }
            return input.result(type, result)
        }
    }

    private static func bytes(_ operation: Operation, _ type: DataType) -> StrictKernel {
        { input in
            let result =
                switch (input.operands[0], input.operands[1]) {
                case (.column(let left), .constant(let right, _)):
                    literal(operation, left.byteStrings, right.byteArray)
                case (.constant(let left, _), .column(let right)):
                    literal(operation.mirrored, right.byteStrings, left.byteArray)
                default: columns(operation, input.texts(0), input.texts(1))
                }
            return input.result(type, result)
        }
    }

    private static func literal(
        _ operation: Operation,
        _ values: BytesValues,
        _ literal: [UInt8]
    ) -> Bitmap {
        switch operation {
        case .equal: values.equals(literal)
        case .notEqual: values.equals(literal).not()
        default: values.compare(literal) { operation.holds($0) }
        }
    }

    private static func columns(
        _ operation: Operation,
        _ left: BytesValues,
        _ right: BytesValues
    ) -> Bitmap {
        switch operation {
        case .equal: left.equals(right)
        case .notEqual: left.equals(right).not()
        default: left.compare(right) { operation.holds($0) }
        }
    }

    /// Nested values are equal when their encoded forms are; a NULL inside equals a NULL.
    private static func nested(_ operation: Operation, _ request: KernelRequest) -> StrictKernel {
        let type = request.type(0).nullable()
        let codec = KeyCodec([type])
        return { input in
            let left = codec.encodeBytes([input.column(0).retyped(type)], count: input.count)
            let right = codec.encodeBytes([input.column(1).retyped(type)], count: input.count)
            let equal = left.equals(right)
            return input.result(request.result, operation == .equal ? equal : equal.not())
        }
    }

    private static func timestampUnits(_ type: DataType) -> Int64? {
        type.timestampUnitsPerMillisecond
    }

    /// Microseconds against nanoseconds: whole microseconds first, then the rest.
    private static func timestamps(
        _ operation: Operation,
        _ type: DataType,
        _ leftUnits: Int64,
        _ rightUnits: Int64
    ) -> StrictKernel {
        { input in
            let left = input.fixed(0, Int64.self)
            let right = input.fixed(1, Int64.self)
            let leftFactor = Int128(1_000_000 / leftUnits)
            let rightFactor = Int128(1_000_000 / rightUnits)
            let result = Bitmap.make(count: input.count) { row in
                let a = Int128(left.value(row)) * leftFactor
                let b = Int128(right.value(row)) * rightFactor
                return operation.holds(a < b ? -1 : a > b ? 1 : 0)
            }
            return input.result(type, result)
        }
    }
}

extension ScalarValue {
    /// The bytes of a text or binary value; empty for other values.
    var byteArray: [UInt8] {
        if case .bytes(let bytes) = self { return bytes }
        return []
    }
}
