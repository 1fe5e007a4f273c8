/// What the body of every data frame starts with.
///
/// ```
/// u64 deployment · u32 edge · u32 sender · u32 receiver · u32 sequence · u8 output
/// ```
package struct DataHead: Hashable, Sendable {
    package static let byteCount = 25
    /// Where the sequence number lies in the whole frame, for whoever numbers frames last.
    package static let sequenceOffset = FrameHeader.byteCount + 20

    package let channel: ChannelID
    package let sequence: UInt32
    package let output: UInt8

    package init(channel: ChannelID, sequence: UInt32, output: UInt8) {
        self.channel = channel
        self.sequence = sequence
        self.output = output
    }

    package init(_ body: Span<UInt8>) throws(ProtocolError) {
        guard body.count >= Self.byteCount else {
            throw ProtocolError(
                .malformed,
                "A data frame has \(body.count) bytes; its channel alone takes \(Self.byteCount)."
            )
        }
        channel = ChannelID(
            deployment: body.bigEndian(at: 0, as: UInt64.self),
            edge: body.bigEndian(at: 8, as: UInt32.self),
            sender: body.bigEndian(at: 12, as: UInt32.self),
            receiver: body.bigEndian(at: 16, as: UInt32.self)
        )
        sequence = body.bigEndian(at: 20, as: UInt32.self)
        output = body[24]
    }

    @_lifetime(target: copy target)
    func write(into target: inout OutputRawSpan) {
        target.append(bigEndian: channel.deployment)
        target.append(bigEndian: channel.edge)
        target.append(bigEndian: channel.sender)
        target.append(bigEndian: channel.receiver)
        target.append(bigEndian: sequence)
        target.append(output)
    }
}
