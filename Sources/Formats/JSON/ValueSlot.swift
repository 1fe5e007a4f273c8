import Columnar

/// One column under construction, in memory that the scanner writes to directly.
///
/// A slot lies in the raw array of its `SlotTable`, which owns the blocks. Row `r` may be written
/// again until `r + 1` is: the last write counts. Slots with offsets need every row written.
@safe struct ValueSlot: BitwiseCopyable {
    let kind: ValueKind
    let precision: UInt8
    let scale: UInt8
    /// `T` for ISO-8601 timestamps, a space for SQL ones.
    let separator: UInt8
    var encoding: ValueEncoding
    var hasNulls = false
    /// Rows that the blocks have room for.
    var capacity = 0
    /// Values by width, bits, or offsets (one more than rows).
    var values: UnsafeMutableRawPointer
    var validity: UnsafeMutablePointer<UInt64>
    /// The bytes of text and binary values.
    var bytes: UnsafeMutablePointer<UInt8>
    var bytesCapacity = 0
    /// The bytes that the batch before needed.
    var bytesHint = 0
    /// The last date read, as its ten bytes, and its day: dates repeat.
    var dateHead: UInt64 = 0
    var dateTail: UInt16 = 0
    var dateDays: Int32 = 0
    /// The smallest step of nanoseconds that the precision keeps.
    let nanosecondStep: Int64

    init(_ type: DataType, separator: UInt8, encoding: ValueEncoding, empty: Buffer) {
        kind = ValueKind(type.kind)
        let (precision, scale) = Self.parameters(type.kind)
        self.precision = UInt8(clamping: precision)
        self.scale = UInt8(clamping: scale)
        self.separator = separator
        self.encoding = encoding
        unsafe values = unsafe empty.base
        unsafe validity = unsafe empty.base.assumingMemoryBound(to: UInt64.self)
        unsafe bytes = unsafe empty.base.assumingMemoryBound(to: UInt8.self)
        nanosecondStep = Int64(DecimalMath.powerOfTen(9 - min(9, max(0, precision))))
    }

    private static func parameters(_ kind: TypeKind) -> (precision: Int, scale: Int) {
        switch kind {
        case .decimal(let precision, let scale): (precision, scale)
        case .time(let precision), .timestamp(let precision), .timestampLTZ(let precision):
            (precision, 0)
        default: (0, 0)
        }
    }

    /// Writes a value of the slot's width.
    @inline(always)
    mutating func store<Value: BitwiseCopyable>(_ value: Value, _ row: Int) {
        unsafe values.assumingMemoryBound(to: Value.self)[row] = value
        if hasNulls { setValid(row) }
    }

    /// Writes a BOOLEAN.
    @inline(always)
    mutating func store(bit: Bool, _ row: Int) {
        let words = unsafe values.assumingMemoryBound(to: UInt64.self)
        let mask = 1 as UInt64 &<< UInt64(row & 63)
        unsafe words[row >> 6] = unsafe bit ? words[row >> 6] | mask : words[row >> 6] & ~mask
        if hasNulls { setValid(row) }
    }

    /// The offset at which the value of a row starts.
    @inline(always)
    func offset(_ row: Int) -> Int {
        unsafe Int(values.assumingMemoryBound(to: Int32.self)[row])
    }

    /// Ends the value of a row at an offset.
    @inline(always)
    mutating func end(_ row: Int, at offset: Int) {
        unsafe values.assumingMemoryBound(to: Int32.self)[row &+ 1] = Int32(
            truncatingIfNeeded: offset
        )
        if hasNulls { setValid(row) }
    }

    @inline(always)
    mutating func setValid(_ row: Int) {
        unsafe validity[row >> 6] |= 1 &<< UInt64(row & 63)
    }

    /// Writes NULL, without regard to the fields of a ROW.
    @inline(always)
    mutating func storeNull(_ row: Int) {
        hasNulls = true
        unsafe validity[row >> 6] &= ~(1 &<< UInt64(row & 63))
        if kind.hasOffsets {
            let offsets = unsafe values.assumingMemoryBound(to: Int32.self)
            unsafe offsets[row &+ 1] = unsafe offsets[row]
        }
    }

    /// Whether a row is not NULL.
    func isValid(_ row: Int) -> Bool {
        unsafe validity[row >> 6] &>> UInt64(row & 63) & 1 == 1
    }
}
