import Columnar

extension BytesBuilder {
    /// Appends a whole value that lies in raw memory.
    @unsafe
    mutating func appendBytes(_ bytes: UnsafeRawPointer?, _ count: Int) {
        unsafe writeBytes(bytes, count)
        endValue()
    }

    /// Adds bytes in raw memory to the open value.
    @unsafe
    mutating func writeBytes(_ bytes: UnsafeRawPointer?, _ count: Int) {
        guard let bytes = unsafe bytes, count > 0 else { return }
        let typed = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        unsafe write(Span(_unsafeStart: typed, count: count))
    }
}
