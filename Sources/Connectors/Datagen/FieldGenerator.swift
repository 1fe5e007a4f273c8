import Columnar

/// How the values of a field are made: a pure function of the seed, the field and the row's number.
struct FieldGenerator: Sendable {
    indirect enum Maker: Sendable {
        case flag
        case integers(ClosedRange<Int64>)
        /// FLOAT, DOUBLE and DECIMAL.
        case numbers(ClosedRange<Double>)
        /// Hexadecimal digits, or bytes.
        case text(length: Int, isVarying: Bool)
        /// The current DATE or TIME.
        case now
        /// A timestamp up to so long before the current time.
        case past(maxMilliseconds: Int64)
        case list(FieldGenerator, length: Int)
        /// MAP and MULTISET; equal keys become one entry.
        case map(FieldGenerator, FieldGenerator, length: Int)
        case row([FieldGenerator])
        /// The row's number from here on.
        case sequence(start: Int64)
    }

    let type: DataType
    let maker: Maker
    let nullRate: Double
    /// Keeps the values of fields apart.
    let salt: UInt64

    init(_ type: DataType, _ name: String, _ maker: Maker, nullRate: Double) {
        self.type = type
        self.maker = maker
        self.nullRate = nullRate
        salt = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension FieldGenerator {
    /// About how many bytes a value takes.
    var width: Double {
        switch maker {
        case .text(let length, _): Double(length) + 4
        case .list(let element, let length): element.width * Double(length) + 4
        case .map(let key, let value, let length): (key.width + value.width) * Double(length) + 4
        case .row(let fields): fields.reduce(0) { $0 + $1.width }
        default: 8
        }
    }
}

/// What the values of a batch depend on beside their rows.
struct GenerationContext {
    let seed: UInt64
    /// Milliseconds since 1970 of all rows; nil when the seed fixes them too.
    let nowMilliseconds: Int64?
    let rowsPerSecond: Int64

    /// 2024-01-01 00:00:00, the time of the first row of a seed.
    private static let seededStartMilliseconds: Int64 = 1_704_067_200_000

    /// The current time of a row, in milliseconds since 1970.
    func milliseconds(ofRow row: Int64) -> Int64 {
        if let nowMilliseconds { return nowMilliseconds }
        let seconds = row / rowsPerSecond
        let rest = (row % rowsPerSecond).multipliedFullWidth(by: 1000)
        return Self.seededStartMilliseconds &+ seconds &* 1000
            &+ rowsPerSecond.dividingFullWidth(rest).quotient
    }
}

/// Random numbers of one value: the same for the same seed, field and row.
///
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct ValueRandom {
    private var state: UInt64

    @inline(__always)
    init(_ base: UInt64, _ row: Int64) {
        state = Self.mix(base ^ Self.mix(UInt64(bitPattern: row) &+ 0x632B_E59B_D9B4_E019))
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 to below 1.
    @inline(__always)
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of a closed range.
    @inline(__always)
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        if span == .max { return Int64(bitPattern: next()) }
        let offset = next().multipliedFullWidth(by: span &+ 1).high
        return range.lowerBound &+ Int64(bitPattern: offset)
    }

    @inline(__always)
    mutating func within(_ range: ClosedRange<Double>) -> Double {
        let share = fraction()
        let number = range.lowerBound * (1 - share) + range.upperBound * share
        return min(max(number, range.lowerBound), range.upperBound)
    }
}
