import Columnar

/// Whether and which batches are compressed.
package struct CompressionOptions: Sendable, Equatable {
    package var isEnabled: Bool
    /// The size of the wire form from which on a batch is compressed.
    package var thresholdBytes: Int

    package init(isEnabled: Bool = false, thresholdBytes: Int = 1024) {
        self.isEnabled = isEnabled
        self.thresholdBytes = thresholdBytes
    }

    package static let off = CompressionOptions()
}

/// A data frame that is ready to be written, and its exact size.
package struct DataFrameWriter: Sendable {
    private enum Payload {
        /// Written straight into the frame.
        case element(DataElement)
        /// An LZ4 block of a batch of `byteCount` bytes.
        case compressed([UInt8], byteCount: Int)
    }

    private let payload: Payload
    private let header: FrameHeader
    private let head: DataHead

    package init(_ frame: DataFrame, compression: CompressionOptions = .off) {
        head = DataHead(channel: frame.channel, sequence: frame.sequence, output: frame.output)
        var flags: FrameHeader.Flags = frame.isContinued ? .isContinued : []
        var byteCount: Int
        switch frame.element {
        case .batch(let batch):
            byteCount = batch.wireSize.byteCount
            if compression.isEnabled, byteCount >= compression.thresholdBytes,
                let block = LZ4Block.compress(batch, byteCount: byteCount)
            {
                payload = .compressed(block, byteCount: byteCount)
                byteCount = 4 + block.count
                flags.insert(.compressed)
            } else {
                payload = .element(frame.element)
            }
        case .watermark:
            payload = .element(frame.element)
            byteCount = 8
        case .idle:
            payload = .element(frame.element)
            byteCount = 0
        case .barrier(let barrier):
            payload = .element(frame.element)
            byteCount = 9 + barrier.text.utf8.count
        case .credit:
            payload = .element(frame.element)
            byteCount = 4
        }
        header = FrameHeader(
            frame.element.kind,
            flags: flags,
            bodyByteCount: DataHead.byteCount + byteCount
        )
    }

    /// The bytes of the whole frame.
    package var byteCount: Int { header.frameByteCount }

    /// Appends the frame.
    @_lifetime(target: copy target)
    package func write(into target: inout OutputRawSpan) {
        header.write(into: &target)
        head.write(into: &target)
        switch payload {
        case .compressed(let block, let byteCount):
            target.append(bigEndian: UInt32(byteCount))
            target.append(contentsOf: block)
        case .element(.batch(let batch)): batch.writeWire(into: &target)
        case .element(.watermark(let milliseconds)): target.append(bigEndian: milliseconds)
        case .element(.idle): break
        case .element(.barrier(let barrier)):
            target.append(bigEndian: barrier.checkpoint)
            target.append(barrier.flags)
            target.append(contentsOf: Array(barrier.text.utf8))
        case .element(.credit(let batches)): target.append(bigEndian: batches)
        }
    }
}
