/// The keys of the rows that exist, from which one is drawn at random in constant time.
///
/// The order is that of insertion as long as nothing is removed; a removed key's place is taken by
/// the last one.
struct LivingRows {
    private(set) var keys: [Int64] = []

    var count: Int { keys.count }

    mutating func add(_ key: Int64) {
        keys.append(key)
    }

    /// One of the keys; some are far more frequent than others.
    func any(_ random: inout SeededRandom) -> Int64 {
        keys[random.skewed(keys.count)]
    }

    /// Removes one of the keys, each as likely as another.
    mutating func removeAny(_ random: inout SeededRandom) -> Int64 {
        let position = random.below(keys.count)
        keys.swapAt(position, keys.count - 1)
        return keys.removeLast()
    }
}
