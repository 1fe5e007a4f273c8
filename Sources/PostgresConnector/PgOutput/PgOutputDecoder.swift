import Core

/// Reads `pgoutput` messages: bytes in, messages out, no I/O.
///
/// Rows are not copied: after an insert, update or delete, `newFields` and `oldFields` say where
/// the values stand in the bytes that were decoded. Every length is checked against the message.
package struct PgOutputDecoder {
    package private(set) var newFields: [TupleField] = []
    package private(set) var oldFields: [TupleField] = []

    package init() {}

    /// Decodes one message.
    ///
    /// - Throws: an error without content of the message when it is not one of `pgoutput`.
    package mutating func decode(
        _ bytes: Span<UInt8>
    ) throws(PostgresError) -> PgOutputMessage {
        var cursor = ByteCursor(bytes)
        let tag = try cursor.byte()
        switch tag {
        case UInt8(ascii: "I"):
            let relation = try cursor.uint32()
            try cursor.expect(UInt8(ascii: "N"))
            try Self.readTuple(&cursor, &newFields)
            return .insert(relation: relation)
        case UInt8(ascii: "U"): return try update(&cursor)
        case UInt8(ascii: "D"): return try delete(&cursor)
        case UInt8(ascii: "B"):
            let commit = LSN(try cursor.uint64())
            let time = PostgresTime.unixMicroseconds(try cursor.uint64())
            return .begin(commit: commit, commitMicroseconds: time, xid: try cursor.uint32())
        case UInt8(ascii: "C"):
            _ = try cursor.byte()
            let commit = LSN(try cursor.uint64())
            return .commit(commit: commit, end: LSN(try cursor.uint64()))
        case UInt8(ascii: "R"): return .relation(try relation(&cursor))
        case UInt8(ascii: "T"): return try truncate(&cursor)
        case UInt8(ascii: "O"), UInt8(ascii: "Y"), UInt8(ascii: "M"): return .other(tag)
        default: throw Self.malformed("unknown message type \(tag)")
        }
    }

    private mutating func update(
        _ cursor: inout ByteCursor
    ) throws(PostgresError) -> PgOutputMessage {
        let relation = try cursor.uint32()
        var kind = try cursor.byte()
        var old: PgOutputMessage.OldTuple?
        if kind != UInt8(ascii: "N") {
            old = try Self.oldKind(kind)
            try Self.readTuple(&cursor, &oldFields)
            kind = try cursor.byte()
        }
        guard kind == UInt8(ascii: "N") else { throw Self.malformed("an update has no new row") }
        try Self.readTuple(&cursor, &newFields)
        return .update(relation: relation, old: old)
    }

    private mutating func delete(
        _ cursor: inout ByteCursor
    ) throws(PostgresError) -> PgOutputMessage {
        let relation = try cursor.uint32()
        let old = try Self.oldKind(try cursor.byte())
        try Self.readTuple(&cursor, &oldFields)
        return .delete(relation: relation, old: old)
    }

    private static func oldKind(
        _ kind: UInt8
    ) throws(PostgresError) -> PgOutputMessage.OldTuple {
        switch kind {
        case UInt8(ascii: "K"): .key
        case UInt8(ascii: "O"): .full
        default: throw malformed("unknown kind of row \(kind)")
        }
    }

    private static func readTuple(
        _ cursor: inout ByteCursor,
        _ fields: inout [TupleField]
    ) throws(PostgresError) {
        let count = Int(try cursor.uint16())
        fields.removeAll(keepingCapacity: true)
        for _ in 0..<count {
            let kind = try cursor.byte()
            switch kind {
            case TupleField.null, TupleField.unchanged:
                fields.append(TupleField(kind: kind, start: 0, length: 0))
            case TupleField.text, UInt8(ascii: "b"):
                let length = Int(try cursor.uint32())
                let start = cursor.position
                try cursor.skip(length)
                fields.append(
                    TupleField(
                        kind: kind,
                        start: Int32(truncatingIfNeeded: start),
                        length: Int32(truncatingIfNeeded: length)
                    )
                )
            default: throw malformed("unknown kind of field \(kind)")
            }
        }
    }

    private func relation(_ cursor: inout ByteCursor) throws(PostgresError) -> PgRelation {
        let oid = try cursor.uint32()
        let schema = try cursor.text()
        let name = try cursor.text()
        let identity = try cursor.byte()
        let count = Int(try cursor.uint16())
        var columns: [PgRelation.Column] = []
        for _ in 0..<count {
            let flags = try cursor.byte()
            columns.append(
                PgRelation.Column(
                    name: try cursor.text(),
                    typeOID: try cursor.uint32(),
                    typeModifier: Int32(bitPattern: try cursor.uint32()),
                    isKey: flags & 1 == 1
                )
            )
        }
        return PgRelation(
            oid: oid,
            // The server sends an empty name for pg_catalog.
            schema: schema.isEmpty ? "pg_catalog" : schema,
            name: name,
            replicaIdentity: identity,
            columns: columns
        )
    }

    private func truncate(_ cursor: inout ByteCursor) throws(PostgresError) -> PgOutputMessage {
        let count = Int(try cursor.uint32())
        _ = try cursor.byte()
        var relations: [UInt32] = []
        for _ in 0..<count { relations.append(try cursor.uint32()) }
        return .truncate(relations: relations)
    }

    static func malformed(_ reason: String) -> PostgresError {
        PostgresError(
            blame: .external,
            "The replication stream cannot be read as pgoutput version 1: \(reason)."
        )
    }
}

/// The server's clock counts microseconds since 2000-01-01.
enum PostgresTime {
    static let epochOffset: Int64 = 946_684_800_000_000

    static func unixMicroseconds(_ raw: UInt64) -> Int64 {
        Int64(bitPattern: raw) &+ epochOffset
    }

    static func serverMicroseconds(_ unix: Int64) -> UInt64 {
        UInt64(bitPattern: unix &- epochOffset)
    }
}

/// Reads big-endian numbers and texts, never beyond the end.
struct ByteCursor: ~Escapable {
    private let bytes: Span<UInt8>
    private(set) var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count &- position }

    @inline(__always)
    mutating func byte() throws(PostgresError) -> UInt8 {
        guard position < bytes.count else { throw PgOutputDecoder.malformed("it is cut off") }
        defer { position &+= 1 }
        return bytes[position]
    }

    mutating func uint16() throws(PostgresError) -> UInt16 {
        UInt16(truncatingIfNeeded: try number(2))
    }

    mutating func uint32() throws(PostgresError) -> UInt32 {
        UInt32(truncatingIfNeeded: try number(4))
    }

    mutating func uint64() throws(PostgresError) -> UInt64 { try number(8) }

    @inline(__always)
    private mutating func number(_ count: Int) throws(PostgresError) -> UInt64 {
        guard remaining >= count else { throw PgOutputDecoder.malformed("it is cut off") }
        var value: UInt64 = 0
        for offset in 0..<count { value = value &<< 8 | UInt64(bytes[position &+ offset]) }
        position &+= count
        return value
    }

    mutating func skip(_ count: Int) throws(PostgresError) {
        guard count >= 0, remaining >= count else {
            throw PgOutputDecoder.malformed("a field leaves the message")
        }
        position &+= count
    }

    /// The next bytes as they are.
    @_lifetime(copy self)
    mutating func bytes(_ count: Int) throws(PostgresError) -> Span<UInt8> {
        let start = position
        try skip(count)
        return bytes.extracting(start..<position)
    }

    mutating func expect(_ expected: UInt8) throws(PostgresError) {
        guard try byte() == expected else {
            throw PgOutputDecoder.malformed("byte \(expected) is missing")
        }
    }

    /// A text that ends with a zero byte.
    mutating func text() throws(PostgresError) -> String {
        let start = position
        while try byte() != 0 {}
        return TextScan.string(bytes.extracting(start..<position &- 1))
    }
}
