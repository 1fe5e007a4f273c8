import Columnar
import Core

/// Base64, hexadecimal, character sets, URLs, hashes and identifiers.
enum EncodingFunctions {
    static let entries: [FunctionEntry] = binary + urls + hashes + identifiers

    private static let binary: [FunctionEntry] = [
        .strict(["TO_BASE64"], .signatures(.function, [.string]), .string) { request in
            StringKernels.map(request.result) { Base64.write($0, to: &$1) }
        },
        .strict(["FROM_BASE64"], .signatures(.function, [.string]), .string, fails: .always) {
            request in
            StringKernels.optionalMap(request.result) { (input, row, output) throws(RowFailure) in
                let bytes = try Base64.parse(input.bytes(0, row))
                output.write(bytes.span)
                return true
            }
        },
        .strict(["UNHEX"], .inferred([.text]), .type(.bytes, .always)) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                guard let bytes = HexText.parse(input.bytes(0, row)) else { return false }
                output.write(bytes.span)
                return true
            }
        },
        .strict(["ENCODE"], .inferred([.text, .text]), .type(.bytes), fails: .always) { request in
            StringKernels.optionalMap(request.result) { (input, row, output) throws(RowFailure) in
                let charset = try Charset(named: input.string(1, row))
                charset.write(input.string(0, row), to: &output)
                return true
            }
        },
        .strict(["DECODE"], .inferred([.binary, .text]), .string, fails: .always) { request in
            StringKernels.optionalMap(request.result) { (input, row, output) throws(RowFailure) in
                let charset = try Charset(named: input.string(1, row))
                output.write(charset.text(input.bytes(0, row)))
                return true
            }
        },
    ]

    private static let urls: [FunctionEntry] = [
        .strict(["URL_ENCODE"], .inferred([.text]), .optionalString) { request in
            StringKernels.map(request.result) { URLText.writeEncoded($0, to: &$1) }
        },
        .strict(["URL_DECODE"], .inferred([.text]), .optionalString) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                guard let bytes = URLText.decoded(input.bytes(0, row)) else { return false }
                output.write(String(decoding: bytes, as: UTF8.self))
                return true
            }
        },
        .strict(
            ["PARSE_URL"],
            .signatures(.function, [.text, .text], [.text, .text, .text]),
            .optionalString
        ) { request in
            let hasKey = request.arguments.count == 3
            return StringKernels.optionalMap(request.result) { input, row, output in
                let part = input.string(1, row)
                if hasKey, part != "QUERY" { return false }
                guard let url = URLText(input.string(0, row)), let text = url.part(part) else {
                    return false
                }
                guard hasKey else {
                    output.write(text)
                    return true
                }
                guard let value = URLText.parameter(input.string(2, row), in: text) else {
                    return false
                }
                output.write(value)
                return true
            }
        },
    ]

    private static let hashes: [FunctionEntry] = [
        hash("MD5", 32) { MD5.hash($0) }, hash("SHA1", 40) { SHA1.hash($0) },
        hash("SHA224", 56) { SHA2Small.hash($0, bits: 224) },
        hash("SHA256", 64) { SHA2Small.hash($0, bits: 256) },
        hash("SHA384", 96) { SHA2Large.hash($0, bits: 384) },
        hash("SHA512", 128) { SHA2Large.hash($0, bits: 512) },
        .strict(
            ["SHA2"],
            .signatures(.function, [.text, .int]),
            .type(.varchar(length: 128)),
            fails: .always
        ) { request in
            StringKernels.optionalMap(request.result) { (input, row, output) throws(RowFailure) in
                let bits = input.int(1, row)
                let bytes = input.bytes(0, row)
                guard [224, 256, 384, 512].contains(bits) else {
                    throw RowFailure("Unsupported algorithm: SHA-\(bits)")
                }
                let digest =
                    bits <= 256
                    ? SHA2Small.hash(bytes, bits: bits) : SHA2Large.hash(bytes, bits: bits)
                HexText.write(digest.span, uppercase: false, to: &output)
                return true
            }
        },
    ]

    private static func hash(
        _ name: String,
        _ length: Int,
        _ body: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> FunctionEntry {
        .strict(
            [name],
            .signatures(.function, [.string]),
            .type(.char(length: length))
        ) { request in
            StringKernels.map(request.result) { value, output in
                let digest = body(value.copied)
                HexText.write(digest.span, uppercase: false, to: &output)
            }
        }
    }

    private static let identifiers: [FunctionEntry] = [
        FunctionEntry(
            names: ["UUID"],
            operands: .none,
            result: .type(.char(length: 36), .never),
            isDeterministic: false,
            isDynamic: true,
            body: .kernel { request in
                let type = request.result
                return { input in
                    var builder = BytesBuilder(reserving: input.count)
                    for _ in 0..<input.count {
                        writeIdentifier(&input.environment.generator, to: &builder)
                        builder.endValue()
                    }
                    return .column(Column(type, builder.finish()))
                }
            }
        )
    ]

    /// A random identifier, RFC 9562 version 4.
    private static func writeIdentifier(
        _ generator: inout SplitMix64,
        to output: inout BytesBuilder
    ) {
        var bytes: [UInt8] = []
        for word in [generator.next(), generator.next()] {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                output.write(byte: UInt8(ascii: "-"))
            }
            HexText.write([byte].span, uppercase: false, to: &output)
        }
    }
}
