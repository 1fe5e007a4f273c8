/// A byte string to be sorted, with its first 16 bytes at hand.
@safe struct SortedKey {
    private let high: UInt64
    private let low: UInt64
    let bytes: UnsafeRawPointer
    let length: Int32
    /// What the caller knows the string by; equal strings are sorted by it.
    let tag: Int32

    @inline(__always)
    init(bytes: UnsafeRawPointer, length: Int, tag: Int) {
        unsafe self.bytes = unsafe bytes
        self.length = Int32(truncatingIfNeeded: length)
        self.tag = Int32(truncatingIfNeeded: tag)
        if length >= 16 {
            high = unsafe bytes.loadUnaligned(as: UInt64.self).bigEndian
            low = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<length {
            let byte = UInt64(unsafe bytes.load(fromByteOffset: index, as: UInt8.self))
            let shift = UInt64(56 &- (index & 7) &* 8)
            if index < 8 { words.0 |= byte &<< shift } else { words.1 |= byte &<< shift }
        }
        (high, low) = words
    }

    /// The order of the strings: negative, zero or positive.
    @inline(__always)
    func compare(_ other: SortedKey) -> Int {
        if high != other.high { return high < other.high ? -1 : 1 }
        if low != other.low { return low < other.low ? -1 : 1 }
        return unsafe RawMove.compare(bytes, Int(length), other.bytes, Int(other.length))
    }

    /// Sorts by string, then by tag.
    static func sort(_ keys: UnsafeMutableBufferPointer<SortedKey>) {
        var keys = unsafe keys
        unsafe keys.sort { left, right in
            let order = left.compare(right)
            return order == 0 ? left.tag < right.tag : order < 0
        }
    }
}
