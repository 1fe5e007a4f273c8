/// Finds the frames in a stream of bytes; keeps no bytes and does no input.
///
/// Whoever owns the bytes asks with those that are unread, takes away the frame that is found, and
/// asks again.
package struct FrameReader: Sendable {
    /// What the unread bytes start with.
    package enum Progress: Equatable, Sendable {
        /// A whole frame; it takes up `frameByteCount` bytes.
        case frame(FrameHeader)
        /// Part of a frame; ask again when there are so many bytes.
        case needs(byteCount: Int)
    }

    /// The largest body of each class of frames.
    package struct Limits: Sendable, Equatable {
        package var controlBytes: Int
        package var dataBytes: Int

        package init(
            controlBytes: Int = ProtocolLimits.controlBytesMax,
            dataBytes: Int = ProtocolLimits.dataBytesMax
        ) {
            self.controlBytes = controlBytes
            self.dataBytes = dataBytes
        }
    }

    private let limits: Limits
    /// Whether the greetings are over, so that larger frames than theirs are allowed.
    package var isEstablished = false

    package init(limits: Limits) {
        self.limits = limits
    }

    package func next(_ unread: Span<UInt8>) throws(ProtocolError) -> Progress {
        guard unread.count >= FrameHeader.byteCount else {
            return .needs(byteCount: FrameHeader.byteCount)
        }
        let header = try header(unread)
        return unread.count >= header.frameByteCount
            ? .frame(header) : .needs(byteCount: header.frameByteCount)
    }

    /// The stream has ended with these bytes unread.
    package func finish(unread: Int) throws(ProtocolError) {
        guard unread == 0 else {
            throw ProtocolError(
                .truncated,
                "The connection ended inside a frame, after \(unread) bytes of it."
            )
        }
    }

    private func header(_ bytes: Span<UInt8>) throws(ProtocolError) -> FrameHeader {
        if !isEstablished, let guess = Self.foreignProtocol(bytes) {
            throw ProtocolError(
                .noHello,
                "The first bytes are no frame of Apus; they look like \(guess)."
            )
        }
        let length = Int(bytes.bigEndian(at: 0, as: UInt32.self))
        guard let kind = FrameKind(rawValue: bytes[4]) else {
            throw ProtocolError(
                .unknownKind,
                "A frame has the kind \(bytes[4]), which protocol version "
                    + "\(ProtocolLimits.version) does not know."
            )
        }
        let flags = FrameHeader.Flags(rawValue: bytes[5])
        guard flags.isSubset(of: kind == .batch ? FrameHeader.Flags.known : []),
            bytes[6] == 0, bytes[7] == 0
        else {
            throw ProtocolError(
                .reservedBits,
                "A frame of kind \(kind) has bits set that are reserved: flags \(bytes[5]), "
                    + "reserved \(bytes[6]) \(bytes[7])."
            )
        }
        let limit = limit(kind)
        guard length <= limit else {
            throw ProtocolError(
                .oversized,
                "A frame of kind \(kind) announces \(length) bytes; at most \(limit) are allowed."
            )
        }
        return FrameHeader(kind, flags: flags, bodyByteCount: length)
    }

    private func limit(_ kind: FrameKind) -> Int {
        switch kind {
        case .hello, .helloAccepted, .refused, .goodbye: ProtocolLimits.greetingBytesMax
        case .control: isEstablished ? limits.controlBytes : ProtocolLimits.greetingBytesMax
        default: isEstablished ? limits.dataBytes : ProtocolLimits.greetingBytesMax
        }
    }

    /// The protocol that somebody speaks who dialled the wrong port.
    private static func foreignProtocol(_ bytes: Span<UInt8>) -> String? {
        if bytes[0] == 0x16, bytes[1] == 3 {
            return "TLS; this end is configured without it"
        }
        if bytes[0] == 0x15, bytes[1] == 3 {
            return "a TLS alert: the other end is configured with TLS, this end without"
        }
        let verbs = ["GET ", "POST", "PUT ", "HEAD", "HTTP", "OPTI", "DELE"]
        let isText = verbs.contains { verb in
            zip(verb.utf8, 0..<4).allSatisfy { bytes[$1] == $0 }
        }
        return isText ? "HTTP; the web port is another one" : nil
    }
}
