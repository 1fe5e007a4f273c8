import FoundationEssentials

/// The JSON bodies of this module: few, small and readable in a capture.
package enum GreetingCodec {
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            preconditionFailure("a greeting of plain strings could not be written: \(error)")
        }
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            return nil
        }
    }
}

/// The part of a greeting that every version has.
struct AnyVersion: Decodable {
    let protocolVersion: Int
    let id: String?
    let softwareVersion: String?
}
