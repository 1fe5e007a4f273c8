import Core
import FoundationEssentials

/// A run of a table's keys that was read under one snapshot, up to and with `upper`.
struct ChunkPiece: Hashable, Sendable, Codable {
    /// The last key; nil: to the end of the table.
    let upper: [String]?
    let snapshot: XidSnapshot
}

/// A chunk of a table: keys above `lower`, up to and with `upper`; the position of its split.
struct ChunkSplit: Hashable, Sendable, Codable {
    /// Which output the rows are for: `CapturedTable.id`.
    let table: String
    let index: Int
    /// Empty for a table that is read in one piece.
    let keys: [KeyColumn]
    let lower: [String]?
    let upper: [String]?
    /// What was read of it before, each piece under its own snapshot, in key order.
    var pieces: [ChunkPiece] = []

    var id: String { "chunk \(table) \(index)" }

    /// Where reading goes on: behind the pieces.
    var resumeKey: [String]? { pieces.last?.upper ?? lower }
}

/// What the enumerator learns of a finished chunk.
struct ChunkResult: Hashable, Sendable, Codable {
    let table: String
    let index: Int
    let lower: [String]?
    let upper: [String]?
    let pieces: [ChunkPiece]
}

/// Positions and states as JSON texts.
enum PositionText {
    static func encode(_ value: some Encodable) throws(PostgresError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        } catch {
            throw PostgresError(blame: .engine, "a position cannot be written: \(error)")
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        _ text: String
    ) throws(PostgresError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw PostgresError(
                blame: .engine,
                "The checkpoint's position of a 'postgres-cdc' source cannot be read: \(error)"
            )
        }
    }
}
