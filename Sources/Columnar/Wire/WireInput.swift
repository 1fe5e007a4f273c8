/// Reads the wire form from bytes that nobody vouches for.
///
/// Every call checks that the bytes are there before it reads or allocates.
@safe struct WireInput: ~Copyable {
    private let base: UnsafeRawPointer
    private let end: Int
    private(set) var position = 0

    /// Adopts memory that outlives this value.
    @unsafe init(_ base: UnsafeRawPointer, count: Int) {
        unsafe self.base = base
        end = count
    }

    var remaining: Int { end - position }

    private mutating func claim(
        _ count: Int,
        _ what: StaticString
    ) throws(WireError) -> UnsafeRawPointer {
        guard count <= end - position else {
            throw WireError(
                "The batch ends at byte \(end), but \(what) at byte \(position) takes "
                    + "\(count) bytes."
            )
        }
        defer { position += count }
        return unsafe base + position
    }

    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ what: StaticString
    ) throws(WireError) -> Value {
        let source = unsafe try claim(MemoryLayout<Value>.size, what)
        return Value(littleEndian: unsafe source.loadUnaligned(as: Value.self))
    }

    /// `count` values of one width; `count` is at most a 32-bit number.
    mutating func values<Value: BitwiseCopyable>(
        _ count: Int
    ) throws(WireError) -> FixedValues<Value> {
        let byteCount = count * MemoryLayout<Value>.stride
        let source = unsafe try claim(byteCount, "a column of fixed width")
        guard count > 0 else { return FixedValues() }
        let builder = FixedBuilder<Value>(count: count)
        unsafe UnsafeMutableRawPointer(builder.base).copyMemory(from: source, byteCount: byteCount)
        return builder.finish()
    }

    /// `count` bits, of which a sender wrote whole bytes.
    mutating func bits(_ count: Int, _ what: StaticString) throws(WireError) -> Bitmap {
        let byteCount = (count + 7) / 8
        let source = unsafe try claim(byteCount, what)
        var builder = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        if byteCount > 0 {
            builder[builder.count - 1] = 0
            unsafe UnsafeMutableRawPointer(builder.base).copyMemory(
                from: source,
                byteCount: byteCount
            )
        }
        return Bitmap(words: builder, count: count)
    }

    /// The offsets of `count` rows of text or elements: they start at zero and never fall.
    mutating func offsets(_ count: Int) throws(WireError) -> FixedValues<Int32> {
        let place = position
        let source = unsafe try claim(4 * count, "the ends of a column")
        var builder = FixedBuilder<Int32>(count: count + 1)
        builder[0] = 0
        guard count > 0 else { return builder.finish() }
        let target = unsafe builder.base
        unsafe UnsafeMutableRawPointer(target + 1).copyMemory(from: source, byteCount: 4 * count)
        var signs: Int32 = 0
        for row in 0..<count {
            let end = unsafe target[row &+ 1]
            unsafe signs |= end | (end &- target[row])
        }
        guard signs >= 0 else {
            throw WireError(
                "The ends of the \(count) rows from byte \(place) on fall or are negative."
            )
        }
        return builder.finish()
    }
}
