/// The statements that cut a table into chunks and read them, by the order of its key.
struct ChunkQuery {
    let table: ServerTable
    let keys: [KeyColumn]

    private var keyList: String { keys.map { SQLText.identifier($0.name) }.joined(separator: ", ") }

    private func tuple(_ key: [String]) -> String {
        zip(keys, key).map { $0.literal($1) }.joined(separator: ", ")
    }

    private func range(above lower: [String]?, upTo upper: [String]?) -> String {
        var conditions: [String] = []
        if let lower { conditions.append("(\(keyList)) > (\(tuple(lower)))") }
        if let upper { conditions.append("(\(keyList)) <= (\(tuple(upper)))") }
        return conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
    }

    private var order: String { keys.isEmpty ? "" : " ORDER BY \(keyList)" }

    /// The key that is `rows` rows above another; no row when there are fewer.
    func boundary(above lower: [String]?, rows: Int) -> String {
        """
        SELECT \(keyList) FROM \(table.scanName)\(range(above: lower, upTo: nil))\(order) \
        OFFSET \(rows - 1) LIMIT 1
        """
    }

    /// The rows of a chunk in key order: the columns that are read, then the key.
    func rows(_ columns: [String], above lower: [String]?, upTo upper: [String]?) -> String {
        let names = columns.map { SQLText.identifier($0) }
        let keyNames = keys.map { SQLText.identifier($0.name) }
        let list = (names + keyNames).joined(separator: ", ")
        return """
            SELECT \(list) FROM \(table.scanName)\(range(above: lower, upTo: upper))\(order)
            """
    }
}
