/// CRC-32 (ISO 3309, as zip and `x-amz-checksum-crc32` have it), eight bytes a step.
package struct CRC32: Sendable {
    private var state: UInt32 = .max
    private static let polynomial: UInt32 = 0xEDB8_8320

    package init() {}

    /// Tables for "slicing by 8"; table 0 is the byte-wise one.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 {
                value = (value & 1) == 1 ? (value >> 1) ^ polynomial : value >> 1
            }
            tables[byte] = value
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let previous = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    /// Takes in the next bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        let tables = Self.tables.span
        var crc = state
        var index = 0
        while index &+ 8 <= bytes.count {
            var low = crc
            for k in 0..<4 { low ^= UInt32(bytes[index &+ k]) &<< UInt32(8 &* k) }
            var next: UInt32 = 0
            for k in 0..<4 {
                next ^= tables[(7 &- k) &* 256 &+ Int((low &>> UInt32(8 &* k)) & 0xFF)]
                next ^= tables[(3 &- k) &* 256 &+ Int(bytes[index &+ 4 &+ k])]
            }
            crc = next
            index &+= 8
        }
        while index < bytes.count {
            crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
            index &+= 1
        }
        state = crc
    }

    package var value: UInt32 { ~state }

    /// The value as the headers of S3 have it: base 64 of the big-endian bytes.
    package static func header(_ value: UInt32) -> String {
        Base64.encode((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) })
    }

    /// The checksum of two runs of bytes, from that of each (zlib's `crc32_combine`).
    ///
    /// A run of zeros behind the first is a linear map over bits; it is applied by squaring.
    package static func combine(_ first: UInt32, _ second: UInt32, secondBytes: Int64) -> UInt32 {
        var map = [UInt32](repeating: 0, count: 32)
        map[0] = polynomial
        for bit in 1..<32 { map[bit] = 1 << UInt32(bit - 1) }
        // One zero bit, squared three times, is one zero byte.
        for _ in 0..<3 { map = square(map) }
        var crc = first
        var rest = secondBytes
        while rest > 0 {
            if rest & 1 == 1 { crc = apply(map, crc) }
            map = square(map)
            rest >>= 1
        }
        return crc ^ second
    }

    private static func apply(_ map: [UInt32], _ vector: UInt32) -> UInt32 {
        var sum: UInt32 = 0
        for bit in 0..<32 where vector >> UInt32(bit) & 1 == 1 { sum ^= map[bit] }
        return sum
    }

    private static func square(_ map: [UInt32]) -> [UInt32] {
        map.map { apply(map, $0) }
    }
}
