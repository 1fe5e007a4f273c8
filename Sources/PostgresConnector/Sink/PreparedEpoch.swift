import Columnar
import Connectors
import Core
import FoundationEssentials

/// Which writer prepared an epoch: what makes committing it idempotent.
struct EpochIdentity: Hashable, Sendable, Codable {
    let jobID: String
    let sinkUID: String
    let subtask: Int
    let epoch: UInt64
}

/// What a committable says in front of its rows.
struct PreparedEpoch: Hashable, Sendable, Codable {
    let identity: EpochIdentity
    /// The columns that were written, as they were declared then.
    let fields: [RowField]
    let key: [Int]

    /// A committable: the length of the header, the header as JSON, one block of rows.
    func committable(_ block: EpochBuffer.Block?) throws(PostgresError) -> Committable {
        let header = Array(try PositionText.encode(self).utf8)
        let length = UInt32(header.count)
        var bytes: [UInt8] = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        bytes += header
        if let block { bytes += BlockBytes.write(block) }
        return Committable(bytes: bytes)
    }

    /// Takes a committable apart.
    static func parse(
        _ committable: Committable
    ) throws(PostgresError) -> (PreparedEpoch, EpochBuffer.Block?) {
        let bytes = committable.bytes
        var cursor = ByteCursor(bytes.span)
        let length = Int(try cursor.uint32())
        guard cursor.remaining >= length else {
            throw PostgresError(blame: .engine, "A committable of a 'jdbc' sink is cut off.")
        }
        let text = String(decoding: bytes[4..<4 + length], as: UTF8.self)
        let epoch = try PositionText.decode(PreparedEpoch.self, text)
        let rest = bytes[(4 + length)...]
        return (epoch, rest.isEmpty ? nil : try BlockBytes.read(rest))
    }
}
