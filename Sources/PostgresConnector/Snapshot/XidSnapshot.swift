/// Which transactions a snapshot sees: what `pg_current_snapshot()` shows.
package struct XidSnapshot: Hashable, Sendable, Codable {
    /// Every transaction below is over and seen, if it was committed.
    package let xmin: UInt64
    /// No transaction from here on is seen.
    package let xmax: UInt64
    /// Transactions between that were running.
    package let running: Set<UInt32>

    /// Reads `10:20:10,14,15`.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]) else {
            return nil
        }
        self.xmin = xmin
        self.xmax = xmax
        running = Set(
            parts[2].split(separator: ",").compactMap {
                UInt64($0).map { UInt32(truncatingIfNeeded: $0) }
            }
        )
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let snapshot = XidSnapshot(text: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: text)
            )
        }
        self = snapshot
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let list = running.sorted().map { String($0) }.joined(separator: ",")
        try container.encode("\(xmin):\(xmax):\(list)")
    }

    /// Whether the changes of a committed transaction are in the snapshot.
    ///
    /// Only the lower half of its number is known, as the stream has it; it is compared within
    /// two thousand million transactions, as PostgreSQL does.
    package func sees(_ xid: UInt32) -> Bool {
        if precedes(xid, UInt32(truncatingIfNeeded: xmin)) { return true }
        if !precedes(xid, UInt32(truncatingIfNeeded: xmax)) { return false }
        return !running.contains(xid)
    }

    private func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        Int32(bitPattern: left &- right) < 0
    }
}
