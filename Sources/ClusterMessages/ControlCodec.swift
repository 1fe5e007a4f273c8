package import Core
import FoundationEssentials

/// The bodies of control frames: JSON, in which unknown fields are ignored (DESIGN §9).
package enum ControlCodec {
    /// The body for a message.
    package static func encode(_ message: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(message))
        } catch {
            preconditionFailure("control messages can always be written as JSON: \(error)")
        }
    }

    /// The message of a body.
    ///
    /// - Throws: `WrappedFailure` when it is none of that type.
    package static func decode<Message: Decodable>(
        _: Message.Type,
        _ body: [UInt8]
    ) throws(WrappedFailure) -> Message {
        do {
            return try JSONDecoder().decode(Message.self, from: Data(body))
        } catch {
            throw WrappedFailure(
                blame: .external,
                message: """
                    A control message of \(body.count) bytes cannot be read: \(error). Both \
                    programs must be of one release.
                    """
            )
        }
    }
}
