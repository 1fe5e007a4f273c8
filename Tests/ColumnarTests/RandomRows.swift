import Columnar

/// Numbers of a fixed sequence, so that a failing test fails again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Rows of any type, the same ones in every run.
enum RandomRows {
    static func scalar(
        _ type: DataType,
        _ random: inout SeededGenerator
    ) -> ScalarValue {
        if type.isNullable, Int.random(in: 0..<5, using: &random) == 0 { return .null }
        switch type.layout {
        case .null: return .null
        case .bits: return .bool(Bool.random(using: &random))
        case .int8: return .int(Int64(Int8.random(in: .min ... .max, using: &random)))
        case .int16: return .int(Int64(Int16.random(in: .min ... .max, using: &random)))
        case .int32: return .int(Int64(Int32.random(in: .min ... .max, using: &random)))
        case .int64:
            return .int(
                Bool.random(using: &random)
                    ? Int64.random(in: -3...3, using: &random)
                    : Int64.random(in: .min ... .max, using: &random)
            )
        case .int128:
            return .int128(Int128(Int64.random(in: .min ... .max, using: &random)) << 20)
        case .float: return .float(Float.random(in: -1000...1000, using: &random))
        case .double: return .double(Double.random(in: -1e10...1e10, using: &random))
        case .bytes:
            let length = Int.random(in: 0..<20, using: &random)
            return .bytes(
                (0..<length).map { _ in [0, 1, 0x61, 0xFF].randomElement(using: &random) ?? 0 }
            )
        case .list:
            let length = Int.random(in: 0..<4, using: &random)
            return .list((0..<length).map { _ in scalar(type.elementType, &random) })
        case .map:
            let length = Int.random(in: 0..<3, using: &random)
            let types = type.mapTypes
            return .map(
                (0..<length).flatMap { _ in
                    [scalar(types.key, &random), scalar(types.value, &random)]
                }
            )
        case .row: return .row(type.rowFields.map { scalar($0.type, &random) })
        }
    }

    /// Columns of so many rows of the given types.
    static func columns(
        _ types: [DataType],
        _ count: Int,
        _ random: inout SeededGenerator
    ) -> [Column] {
        var columns: [Column] = []
        for type in types {
            var scalars: [ScalarValue] = []
            for _ in 0..<count { scalars.append(scalar(type, &random)) }
            columns.append(.fromScalars(scalars, type))
        }
        return columns
    }
}
