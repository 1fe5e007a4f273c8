import Columnar
import Core

/// The keys of state in RocksDB (DESIGN §7).
///
/// ```
/// key group u16 · state id u8 · [window end i64, sign turned] · key                value, window
/// key group u16 · state id u8 · key length u32 · key · sub-key                     multimap
/// ```
///
/// All numbers are big-endian, so that a key-group range is one range of keys, and so are the
/// entries of one window in a key group, and those of one key of a multimap.
enum StateKey {
    /// The bytes before the key of a value, or before the window end.
    static let prefixLength = 3
    static let windowPrefixLength = 11
    static let lengthBytes = 4

    /// Writes key group, state id and window end.
    ///
    /// - Returns: the number of bytes.
    @inline(__always) @unsafe
    static func writePrefix(
        _ target: UnsafeMutableRawPointer,
        group: Int,
        id: UInt8,
        window: Int64?
    ) -> Int {
        let group = UInt16(truncatingIfNeeded: group).bigEndian
        unsafe target.storeBytes(of: group, as: UInt16.self)
        unsafe target.storeBytes(of: id, toByteOffset: 2, as: UInt8.self)
        guard let window else { return prefixLength }
        let bits = (UInt64(bitPattern: window) ^ (1 &<< 63)).bigEndian
        unsafe target.storeBytes(of: bits, toByteOffset: 3, as: UInt64.self)
        return windowPrefixLength
    }

    /// The bytes that all keys of a state, or of one of its windows, in a key group start with.
    static func prefix(group: Int, id: UInt8, window: Int64? = nil) -> [UInt8] {
        var bytes = [UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group), id]
        if let window {
            let bits = UInt64(bitPattern: window) ^ (1 << 63)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
            }
        }
        return bytes
    }

    /// The first byte string behind all those that start with the given one.
    static func successor(_ prefix: [UInt8]) -> [UInt8] {
        var bytes = prefix
        while let last = bytes.popLast() {
            if last < 0xFF { return bytes + [last + 1] }
        }
        return [UInt8](repeating: 0xFF, count: prefix.count + 1)
    }

    /// The window end in a key of a window state.
    @unsafe
    static func window(_ key: UnsafeRawBufferPointer) -> Int64 {
        let bits = unsafe key.loadUnaligned(fromByteOffset: 3, as: UInt64.self).bigEndian
        return Int64(bitPattern: bits ^ (1 << 63))
    }

    /// The key group of a key.
    @unsafe
    static func group(_ key: UnsafeRawBufferPointer) -> Int {
        Int(unsafe key.loadUnaligned(fromByteOffset: 0, as: UInt16.self).bigEndian)
    }

    /// The length of what comes before the sub-key in a key of a multimap; nil if it is none.
    @inline(__always) @unsafe
    static func multimapPrefixLength(_ key: UnsafeRawBufferPointer) -> Int? {
        guard key.count >= prefixLength &+ lengthBytes else { return nil }
        let length = prefixLength &+ lengthBytes &+ (unsafe multimapKeyLength(key))
        return length <= key.count ? length : nil
    }

    /// The length of the key in a key of a multimap.
    @unsafe
    static func multimapKeyLength(_ key: UnsafeRawBufferPointer) -> Int {
        Int(unsafe key.loadUnaligned(fromByteOffset: 3, as: UInt32.self).bigEndian)
    }
}
