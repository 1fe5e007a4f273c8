/// One value outside a column: a literal, a default, an expected value in a test.
///
/// The case follows the layout of the type, not the type: a DATE is `.int(days)`.
package indirect enum ScalarValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    /// Integers, dates, times, timestamps, intervals and decimals up to 18 digits.
    case int(Int64)
    /// Decimals above 18 digits.
    case int128(Int128)
    case float(Float)
    case double(Double)
    /// Text (UTF-8) and binary.
    case bytes([UInt8])
    case list([ScalarValue])
    /// Entries in order, key and value in turn.
    case map([ScalarValue])
    case row([ScalarValue])

    package static func text(_ text: String) -> ScalarValue { .bytes(Array(text.utf8)) }
}

extension ScalarValue {
    private enum CodingKeys: String, CodingKey {
        case bool, int, int128, float, double, bytes, list, map, row
    }

    /// Numbers travel as text where JSON numbers would lose bits.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let key = container.allKeys.first else {
            self = .null
            return
        }
        switch key {
        case .bool: self = .bool(try container.decode(Bool.self, forKey: key))
        case .int: self = .int(try Self.number(container, key))
        case .int128: self = .int128(try Self.number(container, key))
        case .float:
            self = .float(Float(bitPattern: try container.decode(UInt32.self, forKey: key)))
        case .double:
            let bits = try Self.number(container, key) as UInt64
            self = .double(Double(bitPattern: bits))
        case .bytes: self = .bytes(try container.decode([UInt8].self, forKey: key))
        case .list: self = .list(try container.decode([ScalarValue].self, forKey: key))
        case .map: self = .map(try container.decode([ScalarValue].self, forKey: key))
        case .row: self = .row(try container.decode([ScalarValue].self, forKey: key))
        }
    }

    private static func number<Number: LosslessStringConvertible>(
        _ container: KeyedDecodingContainer<CodingKeys>,
        _ key: CodingKeys
    ) throws -> Number {
        let text = try container.decode(String.self, forKey: key)
        guard let number = Number(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: container,
                debugDescription: "'\(text)' is not a number"
            )
        }
        return number
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .null: break
        case .bool(let value): try container.encode(value, forKey: .bool)
        case .int(let value): try container.encode(String(value), forKey: .int)
        case .int128(let value): try container.encode(String(value), forKey: .int128)
        case .float(let value): try container.encode(value.bitPattern, forKey: .float)
        case .double(let value): try container.encode(String(value.bitPattern), forKey: .double)
        case .bytes(let value): try container.encode(value, forKey: .bytes)
        case .list(let value): try container.encode(value, forKey: .list)
        case .map(let value): try container.encode(value, forKey: .map)
        case .row(let value): try container.encode(value, forKey: .row)
        }
    }
}
