/// MD5, RFC 1321.
enum MD5 {
    private static let shifts: [UInt32] = [
        7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
    ]

    /// The integer parts of the sines of 1 to 64, scaled by 2³².
    private static let sines: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a,
        0xa830_4613, 0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be,
        0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340,
        0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8,
        0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c,
        0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
        0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92,
        0xffef_f47d, 0x8584_5dd1, 0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
        0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]

    static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        let padded = HashPadding.padded(message, blockSize: 64, isBigEndian: false)
        for start in stride(from: 0, to: padded.count, by: 64) {
            let words = (0..<16).map { index -> UInt32 in
                (0..<4).reduce(0) { $0 | UInt32(padded[start + index * 4 + $1]) << (8 * $1) }
            }
            round(&state, words)
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private static func round(_ state: inout [UInt32], _ words: [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<64 {
            var mixed: UInt32
            let index: Int
            switch step / 16 {
            case 0:
                mixed = (b & c) | (~b & d)
                index = step
            case 1:
                mixed = (d & b) | (~d & c)
                index = (5 * step + 1) % 16
            case 2:
                mixed = b ^ c ^ d
                index = (3 * step + 5) % 16
            default:
                mixed = c ^ (b | ~d)
                index = (7 * step) % 16
            }
            mixed = mixed &+ a &+ sines[step] &+ words[index]
            let shift = shifts[step / 16 * 4 + step % 4]
            (a, d, c) = (d, c, b)
            b = b &+ (mixed << shift | mixed >> (32 - shift))
        }
        state[0] = state[0] &+ a
        state[1] = state[1] &+ b
        state[2] = state[2] &+ c
        state[3] = state[3] &+ d
    }
}

/// SHA-1, FIPS 180-4.
enum SHA1 {
    static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [
            0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0,
        ]
        let padded = HashPadding.padded(message, blockSize: 64, isBigEndian: true)
        for start in stride(from: 0, to: padded.count, by: 64) {
            var words: [UInt32] = HashPadding.words(padded, start, 16)
            for index in 16..<80 {
                let word =
                    words[index - 3] ^ words[index - 8] ^ words[index - 14]
                    ^ words[index - 16]
                words.append(word << 1 | word >> 31)
            }
            round(&state, words)
        }
        return HashPadding.bytes(state)
    }

    private static func round(_ state: inout [UInt32], _ words: [UInt32]) {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for step in 0..<80 {
            let mixed: UInt32
            let constant: UInt32
            switch step / 20 {
            case 0:
                mixed = (b & c) | (~b & d)
                constant = 0x5a82_7999
            case 1:
                mixed = b ^ c ^ d
                constant = 0x6ed9_eba1
            case 2:
                mixed = (b & c) | (b & d) | (c & d)
                constant = 0x8f1b_bcdc
            default:
                mixed = b ^ c ^ d
                constant = 0xca62_c1d6
            }
            let rotated = a << 5 | a >> 27
            let next = rotated &+ mixed &+ e &+ constant &+ words[step]
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] = state[index] &+ value }
    }
}

/// The end of a message that makes it a whole number of blocks.
enum HashPadding {
    static func padded(_ message: [UInt8], blockSize: Int, isBigEndian: Bool) -> [UInt8] {
        let lengthSize = blockSize / 8
        var result = message
        result.append(0x80)
        while result.count % blockSize != blockSize - lengthSize { result.append(0) }
        let bits = UInt64(message.count) * 8
        for _ in 8..<lengthSize { result.append(0) }
        for index in 0..<8 {
            let shift = isBigEndian ? 56 - 8 * index : 8 * index
            result.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return result
    }

    /// Big-endian words of a block.
    static func words<Word: FixedWidthInteger & UnsignedInteger>(
        _ bytes: [UInt8],
        _ start: Int,
        _ count: Int
    ) -> [Word] {
        let size = MemoryLayout<Word>.size
        return (0..<count).map { index in
            (0..<size).reduce(0) { $0 << 8 | Word(bytes[start + index * size + $1]) }
        }
    }

    static func bytes<Word: FixedWidthInteger & UnsignedInteger>(_ words: [Word]) -> [UInt8] {
        let size = MemoryLayout<Word>.size
        return words.flatMap { word in
            (0..<size).map { UInt8(truncatingIfNeeded: word >> Word(8 * (size - 1 - $0))) }
        }
    }
}
