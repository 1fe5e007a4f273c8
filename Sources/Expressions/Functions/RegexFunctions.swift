import Columnar

/// LIKE, SIMILAR TO and the functions of Java's regular expressions.
enum RegexFunctions {
    static let entries: [FunctionEntry] = likes + tests + extracts

    private static let likes: [FunctionEntry] = [
        like("LIKE", isNegated: false), like("NOT LIKE", isNegated: true),
        similar("SIMILAR TO", isNegated: false), similar("NOT SIMILAR TO", isNegated: true),
    ]

    private static func patternOperands(_ name: String) -> OperandRule {
        OperandRule(.infix) { (site: CallSite) throws(BindError) -> [DataType] in
            guard (2...3).contains(site.count) else { throw site.wrongCount(2) }
            if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
            guard site.types.allSatisfy({ $0.kind.isCharacter }) else {
                throw site.cannotApply([["STRING", "STRING"]])
            }
            return site.types
        }
    }

    private static func like(_ name: String, isNegated: Bool) -> FunctionEntry {
        .strict([name], patternOperands(name), .boolean, fails: .when { $0.count == 3 }) {
            request in
            LikeKernels.make(request, isNegated: isNegated)
        }
    }

    private static func similar(_ name: String, isNegated: Bool) -> FunctionEntry {
        .strict([name], patternOperands(name), .boolean, fails: .always) { request in
            let hasEscape = request.arguments.count == 3
            let cache = RegexCache()
            var last: (pattern: String, escape: String, translated: [UInt8])?
            return StringKernels.booleans(request.result) { (input, row) throws(RowFailure) in
                let pattern = input.string(1, row)
                let escape = hasEscape ? input.string(2, row) : ""
                if last?.pattern != pattern || last?.escape != escape {
                    let translated = try SimilarPattern.translate(pattern, escape: escape)
                    last = (pattern, escape, Array(translated.utf8))
                }
                guard let translated = last?.translated, let expression = cache.get(translated)
                else { throw RowFailure("Invalid regular expression '\(pattern)'") }
                let text = input.bytes(0, row)
                return expression.matchesWhole(text.span) != isNegated
            }
        }
    }

    private static let tests: [FunctionEntry] = [
        .strict(["REGEXP"], .signatures(.function, [.text, .text]), .boolean) { request in
            let cache = RegexCache()
            return StringKernels.booleans(request.result) { input, row in
                let pattern = input.bytes(1, row)
                if pattern.isEmpty { return false }
                let text = input.bytes(0, row)
                return cache.get(pattern)?.find(in: text.span) ?? false
            }
        },
        optionalInteger("REGEXP_COUNT") { expression, text in
            var count = 0
            expression.forEachMatch(in: text) { _ in count += 1 }
            return count
        },
        optionalInteger("REGEXP_INSTR") { expression, text in
            guard expression.find(in: text.span), let match = expression.group(0) else { return 0 }
            return UTF16Length.count(text.span.extracting(0..<match.lowerBound)) + 1
        },
    ]

    /// A number of each text and pattern; NULL for an invalid pattern.
    private static func optionalInteger(
        _ name: String,
        _ body: @escaping @Sendable (RegularExpression, [UInt8]) -> Int
    ) -> FunctionEntry {
        .strict([name], .inferred([.text, .text]), .type(.integer, .always)) { request in
            let cache = RegexCache()
            let type = request.result
            return { input in
                var values = FixedBuilder<Int32>(count: input.count)
                var validity = BitmapBuilder(reserving: input.count)
                for row in 0..<input.count {
                    values[row] = 0
                    guard input.isValid(row), let expression = cache.get(input.bytes(1, row))
                    else {
                        validity.append(false)
                        continue
                    }
                    values[row] = Int32(body(expression, input.bytes(0, row)))
                    validity.append(true)
                }
                let valid = validity.finish().orNilIfAllOnes
                return Column(type, values.finish(), validity: valid)
            }
        }
    }

    private static let extracts: [FunctionEntry] = [
        .strict(
            ["REGEXP_EXTRACT"],
            .signatures(.function, [.text, .text, .int], [.text, .text]),
            .optionalString
        ) { request in
            let hasGroup = request.arguments.count == 3
            return optionalText(request) { expression, text, input, row in
                let group = hasGroup ? input.int(2, row) : 0
                guard expression.find(in: text.span) else { return nil }
                return expression.group(group)
            }
        },
        .strict(["REGEXP_SUBSTR"], .inferred([.text, .text]), .optionalString) { request in
            optionalText(request) { expression, text, _, _ in
                expression.find(in: text.span) ? expression.group(0) : nil
            }
        },
        .strict(
            ["REGEXP_EXTRACT_ALL"],
            .inferred([.text, .text, .long], required: 2),
            .type(.array(.string), .always)
        ) { extractAll($0) },
        .strict(
            ["REGEXP_REPLACE"],
            .signatures(.function, [.text, .text, .text]),
            .string
        ) { replace($0) },
    ]

    private static func optionalText(
        _ request: KernelRequest,
        _ body: @escaping (RegularExpression, [UInt8], StrictInput, Int) -> Range<Int>?
    ) -> StrictKernel {
        let cache = RegexCache()
        return StringKernels.optionalMap(request.result) { input, row, output in
            guard let expression = cache.get(input.bytes(1, row)) else { return false }
            let text = input.bytes(0, row)
            guard let range = body(expression, text, input, row) else { return false }
            output.write(text.span.extracting(range))
            return true
        }
    }

    private static func extractAll(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        let hasGroup = request.arguments.count == 3
        let cache = RegexCache()
        return { input in
            let results = (0..<input.count).map { row -> ScalarValue in
                guard input.isValid(row), let expression = cache.get(input.bytes(1, row)) else {
                    return .null
                }
                let index = hasGroup ? Int(input.long(2, row)) : 1
                guard (0...expression.groupCount).contains(index) else { return .null }
                let text = input.bytes(0, row)
                var found: [ScalarValue] = []
                expression.forEachMatch(in: text) { _ in
                    let group = expression.group(index)
                    found.append(group.map { .bytes(Array(text[$0])) } ?? .null)
                }
                return .list(found)
            }
            return Column.fromScalars(results, type)
        }
    }

    /// The replacement is taken literally, `$1` too, as Flink quotes it; a broken pattern is NULL.
    private static func replace(_ request: KernelRequest) -> StrictKernel {
        let cache = RegexCache()
        return StringKernels.optionalMap(request.result) { input, row, output in
            guard let expression = cache.get(input.bytes(1, row)) else { return false }
            let text = input.bytes(0, row)
            let replacement = input.bytes(2, row)
            var matches: [Range<Int>] = []
            expression.forEachMatch(in: text) { matches.append($0) }
            var start = 0
            for match in matches {
                output.write(text.span.extracting(start..<match.lowerBound))
                output.write(replacement.span)
                start = match.upperBound
            }
            output.write(text.span.extracting(start..<text.count))
            return true
        }
    }
}
