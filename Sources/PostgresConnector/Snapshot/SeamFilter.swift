import Core

/// Tells which changes of one table its snapshot already shows (the seam of DESIGN §10).
///
/// Every piece of the key space was read under a snapshot of its own. A change is in the snapshot
/// when its transaction is seen by the snapshot of the piece that its key lies in.
struct SeamFilter: Sendable {
    let keys: [KeyColumn]
    /// In key order; the last one reaches to the end of the table.
    let pieces: [ChunkPiece]
    /// Which piece the server said that a key lies in.
    private var answers: [[String]: Int] = [:]

    init(keys: [KeyColumn], pieces: [ChunkPiece]) {
        precondition(!pieces.isEmpty, "a table that was read has at least one piece")
        self.keys = keys
        self.pieces = pieces
    }

    /// Whether the server has to say where keys lie.
    var asksServer: Bool { pieces.count > 1 && !KeyOrder.isNative(keys) }

    /// Whether a change of the row with this key is in the snapshot already.
    func isSeen(_ key: [String], xid: UInt32) -> Bool {
        pieces[index(key)].snapshot.sees(xid)
    }

    func knows(_ key: [String]) -> Bool { answers[key] != nil }

    /// Makes room for what is about to be asked; never between asking and using the answers.
    mutating func makeRoom() {
        if answers.count >= CaptureLimits.seamAnswersMax { answers.removeAll() }
    }

    mutating func learn(_ key: [String], piece: Int) {
        answers[key] = min(max(piece, 0), pieces.count - 1)
    }

    /// The first piece whose upper end is not below the key.
    private func index(_ key: [String]) -> Int {
        if pieces.count == 1 || keys.isEmpty { return 0 }
        if asksServer {
            guard let known = answers[key] else {
                preconditionFailure("the server was not asked where a key lies")
            }
            return known
        }
        var low = 0
        var high = pieces.count - 1
        while low < high {
            let middle = (low + high) / 2
            if let upper = pieces[middle].upper, KeyOrder.precedes(upper, key, keys) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The statement that tells, for a list of keys, how many upper ends lie below each.
    func question(_ asked: [[String]]) -> String {
        let row = keys.indices.map { "k\($0)" }.joined(separator: ", ")
        let ends = pieces.compactMap(\.upper).map { "(\(tuple($0)))" }.joined(separator: ", ")
        let rows = asked.enumerated().map { "(\($0.offset), \(tuple($0.element)))" }
            .joined(separator: ", ")
        return """
            WITH ends(\(row)) AS (VALUES \(ends)), asked(place, \(row)) AS (VALUES \(rows))
            SELECT a.place, count(e) FROM asked a
            LEFT JOIN ends e ON (\(prefixed("e"))) < (\(prefixed("a")))
            GROUP BY a.place
            """
    }

    private func tuple(_ key: [String]) -> String {
        zip(keys, key).map { $0.literal($1) }.joined(separator: ", ")
    }

    private func prefixed(_ name: String) -> String {
        keys.indices.map { "\(name).k\($0)" }.joined(separator: ", ")
    }
}
