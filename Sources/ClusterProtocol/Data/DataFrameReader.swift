package import Columnar
import Core

/// Reads what lies behind the channel of a data frame.
package enum DataFrameReader {
    /// Reads the element of a frame.
    ///
    /// Throws when the body is not what the kind asks for. A compressed batch is refused when it
    /// announces more than `batchBytesMax` bytes.
    package static func element(
        _ header: FrameHeader,
        _ body: Span<UInt8>,
        types: [DataType],
        batchBytesMax: Int
    ) throws(ProtocolError) -> DataElement {
        let payload = body.extracting(DataHead.byteCount..<body.count)
        switch header.kind {
        case .batch:
            return .batch(
                try batch(payload, header.flags.contains(.compressed), types, batchBytesMax)
            )
        case .watermark:
            try check(payload, 8, header.kind)
            return .watermark(payload.bigEndian(at: 0, as: Int64.self))
        case .idle:
            try check(payload, 0, header.kind)
            return .idle
        case .barrier: return .barrier(try barrier(payload))
        case .credit:
            try check(payload, 4, header.kind)
            return .credit(batches: payload.bigEndian(at: 0, as: UInt32.self))
        case .hello, .helloAccepted, .refused, .goodbye, .control:
            throw ProtocolError(.unexpected, "A frame of kind \(header.kind) carries no data.")
        }
    }

    private static func check(
        _ payload: Span<UInt8>,
        _ byteCount: Int,
        _ kind: FrameKind
    ) throws(ProtocolError) {
        guard payload.count == byteCount else {
            throw ProtocolError(
                .malformed,
                "A frame of kind \(kind) has \(payload.count) bytes behind its channel, not "
                    + "\(byteCount)."
            )
        }
    }

    private static func barrier(_ payload: Span<UInt8>) throws(ProtocolError) -> BarrierMark {
        let textCount = payload.count - 9
        guard textCount >= 0, textCount <= ProtocolLimits.barrierTextBytesMax,
            let text = String(
                validating: payload.extracting(9..<payload.count).array,
                as: UTF8.self
            )
        else {
            throw ProtocolError(
                .malformed,
                "A barrier has \(payload.count) bytes behind its channel; it has 9 and a text of at "
                    + "most \(ProtocolLimits.barrierTextBytesMax) bytes of UTF-8."
            )
        }
        return BarrierMark(
            checkpoint: payload.bigEndian(at: 0, as: UInt64.self),
            flags: payload[8],
            text: text
        )
    }

    private static func batch(
        _ payload: Span<UInt8>,
        _ isCompressed: Bool,
        _ types: [DataType],
        _ batchBytesMax: Int
    ) throws(ProtocolError) -> RecordBatch {
        do {
            guard isCompressed else {
                return try RecordBatch.readWire(payload, types: types)
            }
            let bytes = try LZ4Block.decompress(payload, byteCountMax: batchBytesMax)
            return try RecordBatch.readWire(bytes.span, types: types)
        } catch let error as WireError {
            throw ProtocolError(.malformed, "A batch is damaged: \(error.message)")
        } catch let error as ProtocolError {
            throw error
        } catch {
            throw ProtocolError(.malformed, "A batch is damaged: \(error)")
        }
    }
}
