/// Sees to it that the frames of each channel come once each and in order.
package struct SequenceCheck: Sendable {
    private var next: [ChannelID: UInt32] = [:]

    package init() {}

    /// Takes note of a frame.
    ///
    /// Throws when it is not the next one of its channel.
    package mutating func accept(
        _ channel: ChannelID,
        _ sequence: UInt32
    ) throws(ProtocolError) {
        let expected = next[channel, default: 0]
        guard sequence == expected else {
            throw ProtocolError(
                .outOfOrder,
                "Frame \(sequence) of \(channel) came where frame \(expected) was expected: frames "
                    + "were lost or repeated."
            )
        }
        next[channel] = expected &+ 1
    }

    /// The number of the next frame to be sent.
    package mutating func take(_ channel: ChannelID) -> UInt32 {
        let sequence = next[channel, default: 0]
        next[channel] = sequence &+ 1
        return sequence
    }

    /// Forgets the channels of a deployment.
    package mutating func forget(deployment: UInt64) {
        next = next.filter { $0.key.deployment != deployment }
    }

    /// The number of channels seen.
    package var channelCount: Int { next.count }
}
