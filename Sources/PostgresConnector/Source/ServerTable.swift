/// A column of a table as the server's catalog has it.
struct ServerColumn: Sendable {
    let name: String
    let type: ServerType
    let typeModifier: Int32
    let isNotNull: Bool
    /// Generated columns are not replicated.
    let isGenerated: Bool
    /// Whether text compares byte by byte.
    let isByteOrdered: Bool
    /// The collation in quotes, when it is not the database's.
    let collation: String?
}

/// A table as the server's catalog has it.
struct ServerTable: Sendable {
    let oid: UInt32
    let schema: String
    let name: String
    let isPartitioned: Bool
    /// `d` default, `n` nothing, `f` full, `i` index.
    let replicaIdentity: String
    /// Whether row security hides rows from us.
    let hidesRows: Bool
    let canSelect: Bool
    let columns: [ServerColumn]
    /// Empty when it is deferrable: such a key tells rows apart only at the end of a transaction.
    let primaryKey: [String]
    let deferrableKey: [String]
    /// The columns of the index that is the replica identity, when it is `i`.
    let identityKey: [String]
    /// Column sets of unique, complete, immediate indexes, also over columns that may be NULL.
    let uniqueIndexes: [[String]]
    /// Partitions at the bottom, and their replica identities.
    let partitions: [(name: String, identity: String)]

    func column(_ name: String) -> ServerColumn? { columns.first { $0.name == name } }

    /// The unique indexes that tell all rows apart.
    var uniqueKeys: [[String]] {
        let notNull = Set(columns.filter(\.isNotNull).map(\.name))
        return uniqueIndexes.filter { notNull.isSuperset(of: $0) }
    }

    /// What the table's primary key is, for messages.
    var keyText: String {
        if !primaryKey.isEmpty { return "PRIMARY KEY (\(primaryKey.joined(separator: ", ")))" }
        if deferrableKey.isEmpty { return "no primary key" }
        return "a DEFERRABLE PRIMARY KEY (\(deferrableKey.joined(separator: ", ")))"
    }

    /// Partitions at the bottom whose replica identity is not FULL.
    var partitionsNotFull: [String] { partitions.filter { $0.identity != "f" }.map(\.name) }

    var qualifiedName: String { SQLText.identifier(schema, name) }

    /// How a scan names the table: rows of children in an inheritance tree are not the table's.
    var scanName: String { isPartitioned ? qualifiedName : "ONLY \(qualifiedName)" }

    /// The columns by which changes of a row are known, empty when only the whole row is known.
    func changeKey(declared: [String]) -> [String] {
        switch replicaIdentity {
        case "i": return identityKey
        case "d": return primaryKey
        default:
            if !primaryKey.isEmpty { return primaryKey }
            let wanted = Set(declared)
            return uniqueKeys.first { !wanted.isEmpty && Set($0) == wanted } ?? []
        }
    }
}
