import Columnar

/// LIKE: literal patterns are compiled once, and plain ones searched without a pattern.
enum LikeKernels {
    static func make(_ request: KernelRequest, isNegated: Bool) -> StrictKernel {
        let type = request.result
        let escape = request.arguments.count == 3 ? request.text(2) : ""
        if let pattern = request.text(1), let escape,
            case .success(let compiled) = LikePattern.compile(pattern, escape: escape)
        {
            return { input in
                let bits = matches(compiled, input.texts(0))
                return input.result(type, isNegated ? bits.not() : bits)
            }
        }
        let hasEscape = request.arguments.count == 3
        var last: (pattern: String, escape: String, compiled: LikePattern)?
        return StringKernels.booleans(type) { (input, row) throws(RowFailure) in
            let pattern = input.string(1, row)
            let escape = hasEscape ? input.string(2, row) : ""
            if last?.pattern != pattern || last?.escape != escape {
                switch LikePattern.compile(pattern, escape: escape) {
                case .success(let compiled): last = (pattern, escape, compiled)
                case .failure(let failure): throw failure
                }
            }
            let text = input.bytes(0, row)
            return (last?.compiled.matches(text.span) ?? false) != isNegated
        }
    }

    private static func matches(_ pattern: LikePattern, _ values: BytesValues) -> Bitmap {
        switch pattern.shape {
        case .exact(let text): return values.equals(text)
        case .prefix(let text): return values.hasPrefix(text)
        case .suffix(let text): return values.hasSuffix(text)
        case .contains(let text): return values.contains(text)
        case .general: return Bitmap.make(count: values.count) { pattern.matches(values[$0]) }
        }
    }
}

/// A compiled LIKE pattern.
struct LikePattern {
    /// A piece of the pattern.
    private enum Token: Equatable {
        case bytes([UInt8])
        /// `_`: one character that does not end a line.
        case one
        /// `%`: any number of characters.
        case many
    }

    /// What the pattern comes down to.
    enum Shape {
        case exact([UInt8])
        case prefix([UInt8])
        case suffix([UInt8])
        case contains([UInt8])
        case general
    }

    private let tokens: [Token]
    let shape: Shape

    static func compile(_ pattern: String, escape: String) -> Result<LikePattern, RowFailure> {
        let escapes = Array(escape.unicodeScalars)
        guard escapes.count <= 1 else {
            return .failure(RowFailure("Invalid escape character '\(escape)'"))
        }
        var tokens: [Token] = []
        func add(_ scalar: Unicode.Scalar) {
            let bytes = Array(String(scalar).utf8)
            if case .bytes(let before)? = tokens.last {
                tokens[tokens.count - 1] = .bytes(before + bytes)
            } else {
                tokens.append(.bytes(bytes))
            }
        }
        let scalars = Array(pattern.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == escapes.first {
                guard index + 1 < scalars.count,
                    scalars[index + 1] == "%" || scalars[index + 1] == "_"
                        || scalars[index + 1] == scalar
                else {
                    return .failure(RowFailure("Invalid escape sequence '\(pattern)', \(index)"))
                }
                add(scalars[index + 1])
                index += 2
                continue
            }
            if scalar == "%" {
                if tokens.last != .many { tokens.append(.many) }
            } else if scalar == "_" {
                tokens.append(.one)
            } else {
                add(scalar)
            }
            index += 1
        }
        return .success(LikePattern(tokens))
    }

    private init(_ tokens: [Token]) {
        self.tokens = tokens
        switch (tokens.count, tokens.first, tokens.last) {
        case (0, _, _): shape = .exact([])
        case (1, .bytes(let text), _): shape = .exact(text)
        case (1, .many, _): shape = .prefix([])
        case (2, .bytes(let text), .many): shape = .prefix(text)
        case (2, .many, .bytes(let text)): shape = .suffix(text)
        case (3, .many, .many):
            if case .bytes(let text) = tokens[1] {
                shape = .contains(text)
            } else {
                shape = .general
            }
        default: shape = .general
        }
    }

    /// Whether a text matches; goes back to the last `%` only, so it takes no exponential time.
    func matches(_ text: Span<UInt8>) -> Bool {
        var token = 0
        var position = 0
        var resumeToken = -1
        var resumePosition = 0
        while true {
            if token < tokens.count {
                if tokens[token] == .many {
                    resumeToken = token + 1
                    resumePosition = position
                    token += 1
                    continue
                }
                if let next = step(tokens[token], text, position) {
                    position = next
                    token += 1
                    continue
                }
            } else if position == text.count {
                return true
            }
            guard resumeToken >= 0, resumePosition < text.count else { return false }
            resumePosition = min(
                text.count,
                resumePosition + UTF8Text.width(text[resumePosition])
            )
            position = resumePosition
            token = resumeToken
        }
    }

    private func step(_ token: Token, _ text: Span<UInt8>, _ position: Int) -> Int? {
        switch token {
        case .many: return position
        case .one:
            guard position < text.count else { return nil }
            let byte = text[position]
            if byte == 0x0A || byte == 0x0D { return nil }
            return min(text.count, position + UTF8Text.width(byte))
        case .bytes(let bytes):
            guard position + bytes.count <= text.count else { return nil }
            for index in bytes.indices where text[position + index] != bytes[index] { return nil }
            return position + bytes.count
        }
    }
}
