/// A position in the write-ahead log.
package struct LSN: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package var value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }

    /// Reads `16/B374D848`.
    package init?(text: String) {
        let halves = text.split(separator: "/")
        guard halves.count == 2, let high = UInt32(halves[0], radix: 16),
            let low = UInt32(halves[1], radix: 16)
        else { return nil }
        value = UInt64(high) << 32 | UInt64(low)
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = LSN(text: text) ?? LSN(0)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (left: LSN, right: LSN) -> Bool { left.value < right.value }

    package var description: String {
        let high = String(value >> 32, radix: 16, uppercase: true)
        let low = String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
        return "\(high)/\(low)"
    }
}

/// One message of the output plugin `pgoutput`, protocol version 1 (PostgreSQL documentation,
/// "Logical Replication Message Formats").
///
/// The fields of rows stay in the message: `PgOutputDecoder` says where.
package enum PgOutputMessage: Hashable, Sendable {
    /// A transaction: everything up to its commit belongs to it.
    case begin(commit: LSN, commitMicroseconds: Int64, xid: UInt32)
    case commit(commit: LSN, end: LSN)
    case relation(PgRelation)
    case insert(relation: UInt32)
    /// `old` is nil unless the key changed or the replica identity is FULL.
    case update(relation: UInt32, old: OldTuple?)
    case delete(relation: UInt32, old: OldTuple)
    case truncate(relations: [UInt32])
    /// Origins, types and messages of applications: of no use here.
    case other(UInt8)

    /// What the old image of a row holds.
    package enum OldTuple: UInt8, Hashable, Sendable {
        /// The columns of the replica identity; the others are NULL.
        case key
        case full
    }
}

/// A table as the stream describes it before its first row and after each change of it.
package struct PgRelation: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package let name: String
        package let typeOID: UInt32
        package let typeModifier: Int32
        /// Whether the column belongs to the replica identity.
        package let isKey: Bool
    }

    package let oid: UInt32
    package let schema: String
    package let name: String
    /// `d` default, `n` nothing, `f` full, `i` index.
    package let replicaIdentity: UInt8
    package let columns: [Column]
}

/// Where one field of a row stands in its message.
package struct TupleField: Hashable, Sendable, BitwiseCopyable {
    /// `n` NULL, `u` unchanged TOAST value that is not sent, `t` text, `b` binary.
    package let kind: UInt8
    package let start: Int32
    package let length: Int32

    static let null = UInt8(ascii: "n")
    static let unchanged = UInt8(ascii: "u")
    static let text = UInt8(ascii: "t")
}
