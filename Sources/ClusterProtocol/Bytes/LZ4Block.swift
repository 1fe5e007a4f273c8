import CLZ4
import Columnar

/// LZ4 blocks; the only calls into that library.
///
/// On the wire a block stands behind the length that it has when decompressed, `u32` big-endian.
enum LZ4Block {
    /// The compressed wire form of a batch; nil when that is not smaller.
    static func compress(_ batch: RecordBatch, byteCount: Int) -> [UInt8]? {
        guard byteCount <= Int(LZ4_MAX_INPUT_SIZE) else { return nil }
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            var output = unsafe OutputRawSpan(
                buffer: UnsafeMutableRawBufferPointer(buffer),
                initializedCount: 0
            )
            batch.writeWire(into: &output)
            count = output.byteCount
        }
        let room = byteCount - 4
        let block = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
            count = unsafe plain.withUnsafeBytes { source in
                let written = unsafe LZ4_compress_default(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(target.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    Int32(source.count),
                    Int32(room)
                )
                return Int(max(0, written))
            }
        }
        return block.isEmpty ? nil : block
    }

    /// The wire form in a block.
    ///
    /// Throws when its announced length is above `byteCountMax`, cannot be true, or is not.
    static func decompress(
        _ payload: Span<UInt8>,
        byteCountMax: Int
    ) throws(ProtocolError) -> [UInt8] {
        guard payload.count > 4 else {
            throw ProtocolError(.malformed, "A compressed batch has \(payload.count) bytes.")
        }
        let byteCount = Int(payload.bigEndian(at: 0, as: UInt32.self))
        let blockCount = payload.count - 4
        guard byteCount <= byteCountMax,
            byteCount <= blockCount * ProtocolLimits.compressionRatioMax + 64
        else {
            throw ProtocolError(
                .oversized,
                "A compressed batch of \(blockCount) bytes announces \(byteCount) bytes; at most "
                    + "\(byteCountMax) are allowed."
            )
        }
        var isWhole = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            let written = unsafe payload.withUnsafeBytes { source in
                unsafe LZ4_decompress_safe(
                    (source.baseAddress.map { unsafe $0 + 4 })?
                        .assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(target.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    Int32(blockCount),
                    Int32(byteCount)
                )
            }
            isWhole = Int(written) == byteCount
            count = isWhole ? byteCount : 0
        }
        guard isWhole else {
            throw ProtocolError(.malformed, "A compressed batch is damaged.")
        }
        return bytes
    }
}
