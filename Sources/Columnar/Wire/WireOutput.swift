/// Where the wire form of a batch goes: memory of exactly the size that was computed before.
@safe struct WireOutput: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var byteCount = 0

    /// Adopts memory that outlives this value.
    @unsafe init(_ base: UnsafeMutableRawPointer, capacity: Int) {
        unsafe self.base = base
        self.capacity = capacity
    }

    /// The next `count` bytes, to be written by the caller.
    private mutating func claim(_ count: Int) -> UnsafeMutableRawPointer {
        precondition(count >= 0 && count <= capacity - byteCount, "the wire size was wrong")
        defer { byteCount += count }
        return unsafe base + byteCount
    }

    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        let target = unsafe claim(MemoryLayout<Value>.size)
        unsafe target.storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Copies values as they lie in memory.
    mutating func append<Value: BitwiseCopyable>(_ values: FixedValues<Value>) {
        let byteCount = values.count * MemoryLayout<Value>.stride
        guard byteCount > 0 else { return }
        let target = unsafe claim(byteCount)
        unsafe target.copyMemory(from: values.base, byteCount: byteCount)
    }

    /// Copies the bits, rounded up to whole bytes; bits behind the last are zero.
    mutating func append(_ bits: Bitmap) {
        let byteCount = (bits.count + 7) / 8
        guard byteCount > 0 else { return }
        let target = unsafe claim(byteCount)
        unsafe target.copyMemory(from: bits.words.base, byteCount: byteCount)
    }

    /// Writes where each row ends, counted from the first row's start.
    mutating func append(endsOf offsets: FixedValues<Int32>) {
        let count = offsets.count - 1
        guard count > 0 else { return }
        let first = offsets[0]
        if first == 0 {
            append(offsets.slice(1..<offsets.count))
            return
        }
        let target = unsafe claim(4 * count)
        let source = unsafe offsets.base + 1
        for row in 0..<count {
            unsafe target.storeBytes(
                of: source[row] &- first,
                toByteOffset: 4 &* row,
                as: Int32.self
            )
        }
    }

    /// Copies the bytes that the rows use, and no others of the shared block.
    mutating func append(contentsOf values: BytesValues) {
        let byteCount = values.totalLength
        guard byteCount > 0 else { return }
        let target = unsafe claim(byteCount)
        let start = Int(values.offsets[0])
        precondition(start + byteCount <= values.bytes.count, "offsets leave the bytes")
        unsafe target.copyMemory(from: values.bytes.base + start, byteCount: byteCount)
    }
}
