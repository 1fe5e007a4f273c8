/// The envelope of the streaming replication protocol around the plugin's messages.
enum ReplicationFrame {
    /// A plugin message; it starts at `payload` in the frame.
    case data(payload: Int)
    case keepalive(walEnd: LSN, isReplyRequested: Bool)

    static func parse(_ bytes: Span<UInt8>) throws(PostgresError) -> ReplicationFrame {
        var cursor = ByteCursor(bytes)
        switch try cursor.byte() {
        case UInt8(ascii: "w"):
            try cursor.skip(24)
            return .data(payload: 25)
        case UInt8(ascii: "k"):
            let end = LSN(try cursor.uint64())
            _ = try cursor.uint64()
            return .keepalive(walEnd: end, isReplyRequested: try cursor.byte() == 1)
        case let tag: throw PgOutputDecoder.malformed("unknown frame type \(tag)")
        }
    }

    /// The standby's answer: what it has received, and what the server may forget.
    static func status(
        received: LSN,
        confirmed: LSN,
        unixMicroseconds: Int64,
        wantsReply: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "r")]
        let numbers = [
            max(received, confirmed).value, confirmed.value, confirmed.value,
            PostgresTime.serverMicroseconds(unixMicroseconds),
        ]
        for number in numbers {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        bytes.append(wantsReply ? 1 : 0)
        return bytes
    }
}
