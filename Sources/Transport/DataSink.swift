import ClusterProtocol
import Columnar

/// Turns the frames of one data connection into calls of the receiver.
final class DataSink: FrameSink {
    private let plane: DataPlane
    private let batchBytesMax: Int
    private var link: Link?
    private var peer: DataPeer?
    private var sequences = SequenceCheck()
    /// The pieces of batches that have not come whole, and their bytes.
    private var pieces: [ChannelID: (batches: [RecordBatch], byteCount: Int)] = [:]

    init(_ plane: DataPlane) {
        self.plane = plane
        batchBytesMax = plane.network.options.frameLimits.dataBytes
    }

    func established(_ link: Link) throws(ProtocolError) {
        peer = try plane.adopt(link, self)
        self.link = link
    }

    func frame(_ header: FrameHeader, _ body: Span<UInt8>) throws(ProtocolError) {
        guard let peer else { return }
        let head = try DataHead(body)
        guard let types = plane.receiver.types(of: head.channel),
            !peer.isBroken(head.channel.deployment)
        else {
            plane.network.reportDropped(head.channel.deployment, from: peer.id)
            return
        }
        try sequences.accept(head.channel, head.sequence)
        let element = try DataFrameReader.element(
            header,
            body,
            types: types,
            batchBytesMax: batchBytesMax
        )
        guard let whole = try join(element, header, head.channel, types) else { return }
        try plane.receiver.receive(
            DataFrame(
                channel: head.channel,
                sequence: head.sequence,
                output: head.output,
                element: whole
            ),
            from: peer.id
        )
    }

    /// The element, or all pieces of a batch as one; nil while pieces are missing.
    private func join(
        _ element: DataElement,
        _ header: FrameHeader,
        _ channel: ChannelID,
        _ types: [DataType]
    ) throws(ProtocolError) -> DataElement? {
        let isContinued = header.flags.contains(.isContinued)
        if !isContinued, pieces.isEmpty { return element }
        guard case .batch(let batch) = element else {
            guard pieces[channel] == nil || header.kind == .credit else {
                throw ProtocolError(
                    .malformed,
                    "A \(header.kind) came between two pieces of a batch of \(channel)."
                )
            }
            return element
        }
        var begun = pieces.removeValue(forKey: channel) ?? ([], 0)
        if begun.batches.isEmpty, !isContinued { return element }
        begun.batches.append(batch)
        begun.byteCount += header.bodyByteCount
        guard begun.byteCount <= ProtocolLimits.piecedBatchBytesMax else {
            throw ProtocolError(
                .oversized,
                "The pieces of a batch of \(channel) exceed "
                    + "\(ProtocolLimits.piecedBatchBytesMax) bytes."
            )
        }
        guard isContinued else { return .batch(.concatenate(begun.batches, types: types)) }
        pieces[channel] = begun
        return nil
    }

    /// Forgets what came of a deployment that has ended.
    func forget(_ deployment: UInt64) {
        sequences.forget(deployment: deployment)
        if !pieces.isEmpty { pieces = pieces.filter { $0.key.deployment != deployment } }
    }

    /// How much is remembered of deployments.
    var noteCount: Int { sequences.channelCount + pieces.count }

    func closed(_ reason: String) {
        if let link, let peer { plane.lost(peer, link, reason) }
        link = nil
        peer = nil
    }
}
