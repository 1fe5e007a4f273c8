/// Collects byte strings whose number and lengths are not known before.
///
/// Bytes are added with `append…` calls to the value under construction; `endValue` closes it.
@frozen @usableFromInline package struct BytesBuilder: ~Copyable {
    @usableFromInline var offsets: GrowingValues<Int32>
    @usableFromInline var bytes: GrowingValues<UInt8>

    package init(reserving capacity: Int = 64, bytes byteCapacity: Int = 1024) {
        offsets = GrowingValues(reserving: capacity + 1)
        offsets.append(0)
        bytes = GrowingValues(reserving: byteCapacity)
    }

    /// The number of closed values.
    @inlinable package var count: Int { offsets.count &- 1 }

    /// The number of bytes of all values, the open one included.
    @inlinable package var byteCount: Int { bytes.count }

    /// Adds bytes to the open value.
    @inlinable package mutating func write(_ value: Span<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// Adds one byte to the open value.
    @inlinable package mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    /// Adds the UTF-8 of a text to the open value.
    package mutating func write(_ text: String) {
        for byte in text.utf8 { bytes.append(byte) }
    }

    /// Closes the open value.
    @inlinable package mutating func endValue() {
        precondition(bytes.count <= Int(Int32.max), "a column holds at most 2 GB of text")
        offsets.append(Int32(truncatingIfNeeded: bytes.count))
    }

    /// Appends a whole value.
    @inlinable package mutating func append(_ value: Span<UInt8>) {
        write(value)
        endValue()
    }

    /// Appends a whole value given as text.
    package mutating func append(_ text: String) {
        write(text)
        endValue()
    }

    /// Appends an empty value.
    @inlinable package mutating func appendEmpty() {
        endValue()
    }

    package consuming func finish() -> BytesValues {
        BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
    }
}
