import Core

/// Finds the windows of a restored state by skipping from one to the next.
enum WindowScan {
    static func windows(
        of id: UInt8,
        in database: RocksDatabase,
        _ groups: KeyGroupRange
    ) throws(StateError) -> [Int64] {
        let cursor = try database.makeCursor()
        var found: Set<Int64> = []
        for group in groups.lower..<groups.upper {
            let prefix = StateKey.prefix(group: group, id: id)
            cursor.seek(prefix)
            while unsafe cursor.suffix(prefix) != nil {
                let window = unsafe StateKey.window(cursor.key)
                found.insert(window)
                guard window < .max else { break }
                cursor.seek(StateKey.prefix(group: group, id: id, window: window + 1))
            }
            try cursor.check()
        }
        return found.sorted()
    }
}
