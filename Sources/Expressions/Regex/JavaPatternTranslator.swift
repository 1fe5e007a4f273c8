/// Rewrites a regular expression of Java into one that PCRE2 reads the same way.
///
/// Differences: quoting inside classes, unions and intersections of classes, POSIX classes
/// spelt `\p{Alpha}`, octal and `\u` escapes, and the flags `u`, `U` and `d`.
struct JavaPatternTranslator {
    /// Why a pattern is refused.
    struct Invalid: Error {
        let reason: String
    }

    private let source: [Unicode.Scalar]
    private var position = 0
    private var output = ""

    init(_ pattern: String) {
        source = Array(pattern.unicodeScalars)
    }

    /// The pattern for PCRE2.
    static func translate(_ pattern: String) throws(Invalid) -> String {
        var translator = JavaPatternTranslator(pattern)
        try translator.run()
        return translator.output
    }

    private mutating func run() throws(Invalid) {
        while let scalar = next() {
            switch scalar {
            case "\\": try escape()
            case "[":
                var classes = JavaClassTranslator(source: source, position: position)
                output += try classes.translate()
                position = classes.position
            case "(":
                output += "("
                try groupStart()
            default: output.unicodeScalars.append(scalar)
            }
        }
    }

    private mutating func next() -> Unicode.Scalar? {
        guard position < source.count else { return nil }
        position += 1
        return source[position - 1]
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private mutating func escape() throws(Invalid) {
        guard let letter = next() else { throw Invalid(reason: "Unexpected internal error") }
        if letter == "Q" {
            while let scalar = next() {
                if scalar == "\\", peek() == "E" {
                    position += 1
                    return
                }
                output += JavaEscape.quoted(scalar)
            }
            return
        }
        if letter == "E" { return }
        position -= 1
        var escapes = JavaEscape(source: source, position: position)
        output += try escapes.translate(inClass: false)
        position = escapes.position
    }

    /// `(?idmsuxU-idmsuxU)` and `(?flags:…)` lose the flags that PCRE2 lacks.
    private mutating func groupStart() throws(Invalid) {
        guard peek() == "?" else { return }
        var end = position + 1
        var flags: [Unicode.Scalar] = []
        while end < source.count, "idmsuxU-".unicodeScalars.contains(source[end]) {
            flags.append(source[end])
            end += 1
        }
        guard !flags.isEmpty, end < source.count, source[end] == ")" || source[end] == ":" else {
            return
        }
        flags.removeAll { $0 == "u" || $0 == "U" || $0 == "d" }
        let text = String(String.UnicodeScalarView(flags))
        position = end + 1
        if source[end] == ")" {
            output += flags.isEmpty || text == "-" ? "?:)" : "?\(text))"
        } else {
            output += text == "-" ? "?:" : "?\(text):"
        }
    }
}

/// Rewrites what stands behind a backslash.
struct JavaEscape {
    typealias Invalid = JavaPatternTranslator.Invalid

    let source: [Unicode.Scalar]
    var position: Int

    /// A character that stands for itself.
    static func quoted(_ scalar: Unicode.Scalar) -> String {
        let isWord =
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.value > 127
        return isWord ? String(scalar) : "\\\(scalar)"
    }

    private func hexadecimal(_ digits: Int) -> UInt32? {
        guard position + digits <= source.count else { return nil }
        let text = String(String.UnicodeScalarView(source[position..<position + digits]))
        return UInt32(text, radix: 16)
    }

    /// The escape at the position of its letter; moves behind it.
    mutating func translate(inClass: Bool) throws(Invalid) -> String {
        let letter = source[position]
        position += 1
        switch letter {
        case "u":
            guard let value = hexadecimal(4) else {
                throw Invalid(reason: "Illegal Unicode escape sequence")
            }
            position += 4
            return try unit(value)
        case "x":
            if position < source.count, source[position] == "{" { return "\\x" }
            guard let value = hexadecimal(2) else {
                throw Invalid(reason: "Illegal hexadecimal escape sequence")
            }
            position += 2
            return "\\x{\(String(value, radix: 16))}"
        case "0": return try octal()
        case "p", "P": return try property(isNegated: letter == "P")
        case "Z": return inClass ? "Z" : "(?=\\n?\\z)"
        case "i", "j", "l", "m", "o", "q", "y", "C", "F", "I", "J", "K", "L", "M", "O", "T", "Y":
            throw Invalid(reason: "Illegal/unsupported escape sequence")
        default: return "\\\(letter)"
        }
    }

    /// A UTF-16 unit; two of them may make one character.
    private mutating func unit(_ value: UInt32) throws(Invalid) -> String {
        if (0xD800..<0xDC00).contains(value), position + 6 <= source.count,
            source[position] == "\\", source[position + 1] == "u"
        {
            position += 2
            guard let low = hexadecimal(4), (0xDC00..<0xE000).contains(low) else {
                throw Invalid(reason: "Illegal Unicode escape sequence")
            }
            position += 4
            let scalar = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            return "\\x{\(String(scalar, radix: 16))}"
        }
        return "\\x{\(String(value, radix: 16))}"
    }

    private mutating func octal() throws(Invalid) -> String {
        var digits = ""
        while position < source.count, digits.count < 3,
            ("0"..."7").contains(source[position]),
            digits.count < 2 || (digits.first ?? "9") <= "3"
        {
            digits.unicodeScalars.append(source[position])
            position += 1
        }
        guard !digits.isEmpty else { throw Invalid(reason: "Illegal octal escape sequence") }
        return "\\o{\(digits)}"
    }

    private static let posix = [
        "Lower": "a-z", "Upper": "A-Z", "ASCII": "\\x00-\\x7F", "Alpha": "a-zA-Z",
        "Digit": "0-9", "Alnum": "a-zA-Z0-9", "Punct": "!-\\/:-@\\[-`{-~",
        "Graph": "!-~", "Print": " -~", "Blank": " \\t", "Cntrl": "\\x00-\\x1F\\x7F",
        "XDigit": "0-9a-fA-F", "Space": " \\t\\n\\x0B\\f\\r", "javaLowerCase": "\\p{Ll}",
        "javaUpperCase": "\\p{Lu}", "javaWhitespace": "\\s", "javaDigit": "\\p{Nd}",
        "javaLetter": "\\p{L}", "javaLetterOrDigit": "\\p{L}\\p{Nd}",
        "javaAlphabetic": "\\p{L}\\p{Nl}", "IsAlphabetic": "\\p{L}\\p{Nl}",
        "IsLetter": "\\p{L}", "IsDigit": "\\p{Nd}", "IsLowercase": "\\p{Ll}",
        "IsUppercase": "\\p{Lu}", "IsWhite_Space": "\\s", "IsPunctuation": "\\p{P}",
    ]

    private mutating func property(isNegated: Bool) throws(Invalid) -> String {
        guard position < source.count else {
            throw Invalid(reason: "Unclosed character family")
        }
        var name = String(source[position])
        position += 1
        if name == "{" {
            guard let end = source[position...].firstIndex(of: "}") else {
                throw Invalid(reason: "Unclosed character family")
            }
            name = String(String.UnicodeScalarView(source[position..<end]))
            position = end + 1
        }
        if let members = JavaEscape.posix[name] {
            return isNegated ? "[^\(members)]" : "[\(members)]"
        }
        if let equals = name.firstIndex(of: "=") {
            name = String(name[name.index(after: equals)...])
        }
        let isShort = name.hasPrefix("Is") && name.count > 2
        if isShort { name = String(name.dropFirst(2)) }
        return "\\\(isNegated ? "P" : "p"){\(name)}"
    }
}
