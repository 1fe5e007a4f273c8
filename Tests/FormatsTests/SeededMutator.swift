/// Makes damaged copies of byte strings, the same ones in every run.
struct SeededMutator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A copy with up to three changes: bytes and pieces of the format's own syntax.
    mutating func mutate(_ bytes: [UInt8], _ pieces: [String]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &self) { change(&bytes, pieces) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ pieces: [String]) {
        let place = Int.random(in: 0...bytes.count, using: &self)
        let end = min(bytes.count, place + Int.random(in: 0...8, using: &self))
        switch Int.random(in: 0...6, using: &self) {
        case 0 where place < bytes.count:
            bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        default:
            if let piece = pieces.randomElement(using: &self) {
                bytes.insert(contentsOf: Array(piece.utf8), at: place)
            }
        }
    }
}
