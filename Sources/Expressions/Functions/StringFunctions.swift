import Columnar

/// Functions of text.
enum StringFunctions {
    static let entries: [FunctionEntry] =
        joining + cases + parts + trimming + searching + changing

    private static let joining: [FunctionEntry] = [
        .strict(["||"], concatOperands, concatResult) { concatenate($0) },
        .strict(["CONCAT"], .repeated(.string, minimum: 1), .string) { concatenate($0) },
        .general(["CONCAT_WS"], .repeated(.string, minimum: 1), .string) { request in
            let type = request.result
            return { input in .column(StringKernels.joined(input, type)) }
        },
        .strict(["REPEAT"], .signatures(.function, [.text, .int]), .string) { request in
            StringKernels.optionalMap(request.result) {
                (input, row, output) throws(RowFailure) in
                let bytes = input.bytes(0, row)
                let times = max(0, input.int(1, row))
                let length = bytes.count * times
                try StringKernels.checkText(length, batch: output.byteCount + length)
                for _ in 0..<times { output.write(bytes.span) }
                return true
            }
        },
    ]

    private static let concatOperands = OperandRule(.infix) {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 2 else { throw site.wrongCount(2) }
        if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
        let kinds = site.types.map(\.kind)
        guard kinds.allSatisfy(\.isCharacter) || kinds.allSatisfy(\.isBinary) else {
            throw site.cannotApply([["STRING", "STRING"]])
        }
        return site.types
    }

    /// The lengths are added; CHAR stays CHAR when both are.
    private static let concatResult = ResultRule { site in
        let lengths = site.types.map { $0.kind.length ?? 0 }
        let length = min(TypeKind.maximumLength, lengths[0] + lengths[1])
        let kind: TypeKind =
            switch (site.kind(0), site.kind(1)) {
            case (.char, .char): .char(length: length)
            case (.binary, .binary): .binary(length: length)
            case (.binary, _), (.varbinary, _): .varbinary(length: length)
            default: .varchar(length: length)
            }
        return DataType(kind, isNullable: site.isNullable)
    }

    private static func concatenate(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            try StringKernels.concatenated(input, type)
        }
    }

    private static let cases: [FunctionEntry] = [
        .strict(["UPPER"], .signatures(.function, [.text]), .argument(0)) { request in
            StringKernels.map(request.result) { CaseMapping.write($0, toUpper: true, to: &$1) }
        },
        .strict(["LOWER"], .signatures(.function, [.text]), .argument(0)) { request in
            StringKernels.map(request.result) { CaseMapping.write($0, toUpper: false, to: &$1) }
        },
        .strict(["INITCAP"], .signatures(.function, [.text]), .argument(0)) { request in
            StringKernels.map(request.result) { CaseMapping.writeInitials($0, to: &$1) }
        },
    ]

    private static let parts: [FunctionEntry] = [
        .strict(
            ["CHAR_LENGTH", "CHARACTER_LENGTH"],
            .signatures(.function, [.text]),
            .integer
        ) { request in
            let type = request.result
            return { input in
                let values = input.texts(0)
                var lengths = FixedBuilder<Int32>(count: input.count)
                for row in 0..<input.count {
                    lengths[row] = Int32(truncatingIfNeeded: UTF8Text.count(values[row]))
                }
                return input.result(type, lengths.finish())
            }
        },
        substring("SUBSTRING"), substring("SUBSTR"),
        .strict(["LEFT"], .signatures(.function, [.text, .int]), .varying(.always)) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                let length = input.int(1, row)
                if length > 0 {
                    _ = Substrings.write(input.bytes(0, row), 1, length, to: &output)
                }
                return true
            }
        },
        .strict(["RIGHT"], .signatures(.function, [.text, .int]), .varying(.always)) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                let length = input.int(1, row)
                guard length > 0 else { return true }
                let bytes = input.bytes(0, row)
                if length >= UTF8Text.count(bytes.span) {
                    output.write(bytes.span)
                    return true
                }
                return Substrings.write(bytes, -length, .max, to: &output)
            }
        },
        .strict(
            ["SPLIT_INDEX"],
            .signatures(.function, [.text, .text, .int], [.text, .int, .int]),
            .optionalString
        ) { splitIndex($0) },
        .strict(["REVERSE"], .signatures(.function, [.text]), .optionalString) { request in
            StringKernels.map(request.result) { value, output in
                var end = value.count
                var start = end
                while end > 0 {
                    start -= 1
                    // Bytes that continue a character go with the one that starts it.
                    if value[start] & 0xC0 == 0x80, start > 0 { continue }
                    output.write(value.extracting(start..<end))
                    end = start
                }
            }
        },
    ]

    private static func substring(_ name: String) -> FunctionEntry {
        .strict(
            [name],
            .signatures(.function, [.text, .int], [.text, .int, .int]),
            .varying(.always)
        ) { request in
            let hasLength = request.arguments.count == 3
            return StringKernels.optionalMap(request.result) { input, row, output in
                let length = hasLength ? input.int(2, row) : .max
                return Substrings.write(
                    input.bytes(0, row),
                    input.int(1, row),
                    length,
                    to: &output
                )
            }
        }
    }

    private static func splitIndex(_ request: KernelRequest) -> StrictKernel {
        let isCode = request.type(1).kind.isInteger
        return StringKernels.optionalMap(request.result) { input, row, output in
            let index = input.int(2, row)
            guard index >= 0 else { return false }
            var separator: [UInt8]
            if isCode {
                let code = input.int(1, row)
                guard (1...255).contains(code) else { return false }
                separator = Array(String(Unicode.Scalar(UInt8(code))).utf8)
            } else {
                separator = input.bytes(1, row)
            }
            if separator.isEmpty { separator = [UInt8(ascii: " ")] }
            let pieces = Splitting.pieces(input.bytes(0, row), separator)
            guard index < pieces.count else { return false }
            let piece = pieces[index]
            output.write(piece.span)
            return true
        }
    }

    private static let trimming: [FunctionEntry] = [
        .strict(
            ["TRIM"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count == 3 else { throw site.wrongCount(1) }
                if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
                guard site.kind(1).isCharacter, site.kind(2).isCharacter else {
                    throw site.cannotApply([["CHARACTER", "CHARACTER"]])
                }
                return site.types
            },
            ResultRule { site in
                let length = site.kind(2).length ?? TypeKind.maximumLength
                return DataType(
                    .varchar(length: length),
                    isNullable: site.type(1).isNullable || site.type(2).isNullable
                )
            }
        ) { request in
            let side = Trimming.Side(rawValue: request.text(0) ?? "") ?? .both
            return Trimming.kernel(request.result, text: 2, characters: 1, side)
        },
        trim("LTRIM", .leading, .varying()), trim("RTRIM", .trailing, .varying()),
        trim("BTRIM", .both, .string),
    ]

    private static func trim(
        _ name: String,
        _ side: Trimming.Side,
        _ result: ResultRule
    ) -> FunctionEntry {
        .strict([name], .signatures(.function, [.text], [.text, .text]), result) { request in
            let characters = request.arguments.count == 2 ? 1 : nil
            return Trimming.kernel(request.result, text: 0, characters: characters, side)
        }
    }

    private static let searching: [FunctionEntry] = [
        .strict(
            ["POSITION", "LOCATE"],
            .signatures(.function, [.text, .text], [.text, .text, .int]),
            .integer
        ) { request in
            let hasStart = request.arguments.count == 3
            return StringKernels.integers(request.result) { input, row in
                let start = hasStart ? input.int(2, row) : 1
                return Int32(
                    Searching.index(of: input.bytes(0, row), in: input.bytes(1, row), start - 1) + 1
                )
            }
        },
        .strict(
            ["INSTR"],
            .signatures(
                .function,
                [.text, .text],
                [.text, .text, .int],
                [.text, .text, .int, .int]
            ),
            .integer,
            fails: .when { $0.count == 4 }
        ) { Searching.instr($0) },
        contains("STARTSWITH") { text, part in text.starts(with: part) },
        contains("ENDSWITH") { text, part in text.reversed().starts(with: part.reversed()) },
        .strict(["ASCII"], .signatures(.function, [.text]), .integer) { request in
            StringKernels.integers(request.result) { input, row in
                Int32(Int8(bitPattern: input.bytes(0, row).first ?? 0))
            }
        },
        kindTest("IS_ALPHA") { !$0.isEmpty && $0.allSatisfy { $0.properties.isAlphabetic } },
        kindTest("IS_DIGIT") {
            !$0.isEmpty && $0.allSatisfy { $0.properties.numericType == .decimal }
        },
        kindTest("IS_DECIMAL") { scalars in
            let bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
            return NumberParser.realText(bytes.span) != nil
        },
    ]

    private static func contains(
        _ name: String,
        _ body: @escaping @Sendable ([UInt8], [UInt8]) -> Bool
    ) -> FunctionEntry {
        .strict([name], .inferred([.string, .string]), .boolean) { request in
            StringKernels.booleans(request.result) { input, row in
                body(input.bytes(0, row), input.bytes(1, row))
            }
        }
    }

    /// `IS_DIGIT` and its kin: FALSE for NULL; a number is a digit and a decimal, but not letters.
    private static func kindTest(
        _ name: String,
        _ body: @escaping @Sendable ([Unicode.Scalar]) -> Bool
    ) -> FunctionEntry {
        .general(
            [name],
            .signatures(.function, [.text], [.numeric]),
            .type(.boolean, .never)
        ) { request in
            let type = request.result
            let numberIs =
                name != "IS_ALPHA" && (name == "IS_DECIMAL" || request.type(0).kind.isInteger)
            let isText = request.type(0).kind.isCharacter
            return { input in
                let column = input.operands[0].column(count: input.count)
                let bits = Bitmap.make(count: input.count) { row in
                    if column.isNull(row) { return false }
                    if !isText { return numberIs }
                    return body(Array(column.byteStrings.string(row).unicodeScalars))
                }
                return .column(Column(type, bits))
            }
        }
    }

    private static let changing: [FunctionEntry] = [
        .strict(["REPLACE"], .signatures(.function, [.text, .text, .text]), .string) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                Searching.writeReplaced(
                    input.bytes(0, row),
                    input.bytes(1, row),
                    input.bytes(2, row),
                    to: &output
                )
                return true
            }
        },
        pad("LPAD", isLeft: true), pad("RPAD", isLeft: false),
        .strict(
            ["OVERLAY"],
            .signatures(
                .function,
                [.text, .text, .int],
                [.text, .text, .int, .int]
            ),
            ResultRule { site in
                let lengths = [0, 1].map { site.kind($0).length ?? 0 }
                let length = min(TypeKind.maximumLength, lengths[0] + lengths[1])
                return DataType(.varchar(length: length), isNullable: site.isNullable)
            }
        ) { request in
            let hasLength = request.arguments.count == 4
            return StringKernels.optionalMap(request.result) { input, row, output in
                Substrings.writeOverlay(input, row, hasLength: hasLength, to: &output)
                return true
            }
        },
        .strict(["TRANSLATE"], .inferred([.text, .text, .text]), .string) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                let from = Array(input.string(1, row).unicodeScalars)
                let to = Array(input.string(2, row).unicodeScalars)
                for scalar in input.string(0, row).unicodeScalars {
                    guard let index = from.firstIndex(of: scalar) else {
                        output.write(String(scalar))
                        continue
                    }
                    if index < to.count { output.write(String(to[index])) }
                }
                return true
            }
        },
        .strict(["CHR"], .signatures(.function, [.long]), .optionalString) { request in
            StringKernels.optionalMap(request.result) { input, row, output in
                let code = input.long(0, row)
                if code >= 0 {
                    output.write(String(Unicode.Scalar(UInt8(truncatingIfNeeded: code))))
                }
                return true
            }
        },
    ]

    private static func pad(_ name: String, isLeft: Bool) -> FunctionEntry {
        .strict([name], .signatures(.function, [.text, .int, .text]), .string) { request in
            StringKernels.optionalMap(request.result) {
                (input, row, output) throws(RowFailure) in
                let length = input.int(1, row)
                let padding = Array(input.string(2, row).utf16)
                guard length >= 0, !padding.isEmpty else { return false }
                try StringKernels.checkText(length, batch: output.byteCount + length)
                let text = Array(input.string(0, row).utf16.prefix(length))
                var fill: [UInt16] = []
                for index in 0..<(length - text.count) {
                    fill.append(padding[index % padding.count])
                }
                let all = isLeft ? fill + text : text + fill
                output.write(String(decoding: all, as: UTF16.self))
                return true
            }
        }
    }
}
