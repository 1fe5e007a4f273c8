/// Finds what is known of a word, whatever its case, without making a string of it.
struct WordTable: Sendable {
    /// The one table, built on first use.
    static let shared = WordTable()

    private var entries: [(text: [UInt8], word: Word)] = []
    /// Open addressing: an index into `entries` plus one, or 0.
    private var slots: [UInt16]
    private var longest = 0

    private init() {
        var words: [String: Word] = [:]
        func add(_ list: String, _ traits: Word.Traits) {
            for text in list.split(whereSeparator: \.isWhitespace) {
                words[String(text), default: .plain].traits.formUnion(traits)
            }
        }
        add(ReservedWords.reserved, [.reserved, .known])
        add(ReservedWords.free, .known)
        add(ReservedWords.functions, .function)
        add(ReservedWords.contextVariables, .contextVariable)
        for keyword in Keyword.allCases {
            words[keyword.text, default: .plain].keyword = keyword
        }
        var capacity = 1
        while capacity < words.count * 4 { capacity *= 2 }
        slots = [UInt16](repeating: 0, count: capacity)
        for (text, word) in words { insert(Array(text.utf8), word) }
    }

    /// What is known of the bytes `range`.
    func word(in bytes: [UInt8], _ range: Range<Int>) -> Word {
        guard range.count <= longest else { return .plain }
        var hash = WordTable.seed
        for index in range { hash = WordTable.mix(hash, bytes[index].uppercased) }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if WordTable.matches(entry.text, bytes, range) { return entry.word }
            slot = (slot + 1) & (slots.count - 1)
        }
        return .plain
    }

    /// Whether the text, in upper case, is a word that cannot be a name.
    func isReserved(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return word(in: bytes, 0..<bytes.count).traits.contains(.reserved)
    }

    private mutating func insert(_ text: [UInt8], _ word: Word) {
        entries.append((text, word))
        longest = max(longest, text.count)
        var hash = WordTable.seed
        for byte in text { hash = WordTable.mix(hash, byte) }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt16(entries.count)
    }

    private static func matches(_ text: [UInt8], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard text.count == range.count else { return false }
        for index in 0..<text.count where text[index] != bytes[range.lowerBound + index].uppercased
        {
            return false
        }
        return true
    }

    /// FNV-1a, 64 bits.
    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}
