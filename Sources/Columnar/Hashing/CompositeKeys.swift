/// Keys made of a key and a sub-key, which live in the key group of the key alone.
///
/// The bytes are the length of the key (32 bits, little-endian), the key, the sub-key. The high
/// half of the hash, which chooses the key group, is that of the key; the low half, which chooses
/// the place in tables, is that of the whole.
package enum CompositeKeys {
    /// The composite of each key and sub-key.
    package static func encode(_ keys: KeyBatch, _ subKeys: BytesValues) -> KeyBatch {
        precondition(keys.count == subKeys.count, "one sub-key for each key")
        let total = 4 * keys.count + keys.keys.totalLength + subKeys.totalLength
        var builder = BytesBuilder(reserving: keys.count, bytes: total)
        for row in 0..<keys.count {
            let length = UInt32(truncatingIfNeeded: keys.keys.length(row))
            for shift in [0, 8, 16, 24] as [UInt32] {
                builder.write(byte: UInt8(truncatingIfNeeded: length >> shift))
            }
            builder.write(keys.keys[row])
            builder.write(subKeys[row])
            builder.endValue()
        }
        let bytes = builder.finish()
        let whole = Hashing.hash(bytes)
        var hashes = FixedBuilder<UInt64>(count: keys.count)
        for row in 0..<keys.count { hashes[row] = hash(key: keys.hashes[row], whole: whole[row]) }
        return KeyBatch(keys: bytes, hashes: hashes.finish())
    }

    private static func hash(key: UInt64, whole: UInt64) -> UInt64 {
        (key & 0xFFFF_FFFF_0000_0000) | (whole & 0xFFFF_FFFF)
    }

    /// The hash of one composite, from its bytes.
    package static func hash(_ composite: Span<UInt8>) -> UInt64 {
        let key = composite.extracting(4..<4 + keyLength(composite))
        return hash(key: Hashing.hash(key), whole: Hashing.hash(composite))
    }

    private static func keyLength(_ composite: Span<UInt8>) -> Int {
        var length = 0
        for index in (0..<4).reversed() { length = length << 8 | Int(composite[index]) }
        precondition(4 + length <= composite.count, "a composite key is cut off")
        return length
    }

    /// The keys and sub-keys of composites.
    package static func decode(
        _ composites: BytesValues
    ) -> (keys: BytesValues, subKeys: BytesValues) {
        var keys = BytesBuilder(reserving: composites.count)
        var subKeys = BytesBuilder(reserving: composites.count)
        for row in 0..<composites.count {
            let composite = composites[row]
            let end = 4 + keyLength(composite)
            keys.append(composite.extracting(4..<end))
            subKeys.append(composite.extracting(end..<composite.count))
        }
        return (keys.finish(), subKeys.finish())
    }
}
