/// A split-block Bloom filter of fixed capacity: 256-bit blocks, eight bits a key, one block and so
/// one cache line a key (Putze, Sanders and Singler 2007; the form of Apache Parquet).
///
/// About one key in a hundred that was never added looks as if it was.
@safe final class FilterLayer: @unchecked Sendable {
    // Safety: changed by one thread at a time; handed over through a mutex.
    let view: FilterBlocks
    private let blockCount: Int
    let capacity: Int
    private(set) var count = 0
    private static let bitsPerKey = 10

    init(capacity wanted: Int) {
        var power: UInt64 = 1
        while (256 << Int(power)) < wanted * Self.bitsPerKey { power += 1 }
        blockCount = 1 << Int(power)
        capacity = blockCount * 256 / Self.bitsPerKey
        let blocks = UnsafeMutablePointer<SIMD8<UInt32>>.allocate(capacity: blockCount)
        unsafe blocks.initialize(repeating: SIMD8(repeating: 0), count: blockCount)
        view = unsafe FilterBlocks(blocks: blocks, shift: 64 - power)
    }

    deinit {
        unsafe view.blocks.deallocate()
    }

    var bytes: Int { blockCount * 32 }

    /// How many keys fit into a layer of at most so many bytes.
    static func capacity(bytes: Int) -> Int {
        var blocks = 1
        while blocks * 64 <= bytes { blocks *= 2 }
        return blocks * 256 / bitsPerKey
    }

    var isFull: Bool { count >= capacity }

    func insert(_ hash: UInt64) {
        view.insert(hash)
        count &+= 1
    }
}

/// The blocks of a layer, for loops; the layer must be kept alive.
@safe struct FilterBlocks {
    let blocks: UnsafeMutablePointer<SIMD8<UInt32>>
    let shift: UInt64

    private static let salts = SIMD8<UInt32>(
        0x47B6_137B,
        0x4497_4D91,
        0x8824_AD5B,
        0xA2B7_289D,
        0x7054_95C7,
        0x2DF1_424B,
        0x9EFC_4947,
        0x5C6B_FB31
    )

    @inline(__always)
    private func block(_ hash: UInt64) -> Int {
        // Key groups fix the high bits of hashes and tables use the low ones: mix them.
        Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }

    @inline(__always)
    private func bits(_ hash: UInt64) -> SIMD8<UInt32> {
        let key = UInt32(truncatingIfNeeded: hash ^ (hash &>> 29))
        let places = (Self.salts &* SIMD8(repeating: key)) &>> SIMD8(repeating: 27)
        return SIMD8(repeating: 1) &<< places
    }

    @inline(__always)
    func mayContain(_ hash: UInt64) -> Bool {
        let wanted = bits(hash)
        return unsafe (blocks[block(hash)] & wanted) == wanted
    }

    @inline(__always)
    func insert(_ hash: UInt64) {
        let place = block(hash)
        unsafe blocks[place] |= bits(hash)
    }
}
