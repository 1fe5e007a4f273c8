/// The eight bytes in front of every body.
///
/// ```
/// u32 length of the body, big-endian · u8 kind · u8 flags · u16 reserved, zero · body
/// ```
package struct FrameHeader: Hashable, Sendable {
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The batch is an LZ4 block behind its length as `u32`.
        package static let compressed = Flags(rawValue: 1)
        /// More pieces of the same batch follow in this channel.
        package static let isContinued = Flags(rawValue: 2)

        static let known: Flags = [.compressed, .isContinued]
    }

    package static let byteCount = 8

    package let kind: FrameKind
    package let flags: Flags
    package let bodyByteCount: Int

    package init(_ kind: FrameKind, flags: Flags = [], bodyByteCount: Int) {
        self.kind = kind
        self.flags = flags
        self.bodyByteCount = bodyByteCount
    }

    /// The bytes of the frame with its header.
    package var frameByteCount: Int { Self.byteCount + bodyByteCount }

    package func write(into target: inout OutputRawSpan) {
        target.append(bigEndian: UInt32(bodyByteCount))
        target.append(kind.rawValue)
        target.append(flags.rawValue)
        target.append(bigEndian: UInt16(0))
    }

    /// The header and a body, as one run of bytes; for frames that are not batches.
    package static func frame(_ kind: FrameKind, _ body: [UInt8]) -> [UInt8] {
        let length = UInt32(body.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + body.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        bytes += [kind.rawValue, 0, 0, 0]
        bytes += body
        return bytes
    }
}
