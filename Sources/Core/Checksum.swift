/// CRC-32C (Castagnoli), the checksum of every checkpoint file; RFC 3720 section B.4.
package struct Checksum: Sendable {
    private var state: UInt32 = .max

    package init() {}

    /// Tables for eight bytes a step ("slicing by 8"); table 0 is the byte-wise one.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 {
                value = (value & 1) == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1
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

    /// The checksum of everything taken in so far.
    package var value: UInt32 { ~state }

    /// The checksum of one run of bytes.
    package static func of(_ bytes: Span<UInt8>) -> UInt32 {
        var checksum = Checksum()
        checksum.update(bytes)
        return checksum.value
    }
}
