/// The options of the `csv` format, named as in Flink.
struct CSVOptions: Sendable {
    var delimiter = CSVSymbol(UInt8(ascii: ","))
    /// Nil when quoting is disabled.
    var quote: CSVSymbol? = CSVSymbol(UInt8(ascii: "\""))
    var escape: CSVSymbol?
    var allowsComments = false
    var ignoresErrors = false
    /// Between the elements of an ARRAY and the fields of a ROW.
    var elementDelimiter: [UInt8] = [UInt8(ascii: ";")]
    var nullLiteral: [UInt8]?
    var writesScientificDecimals = true

    /// Whether every newline ends a record.
    var isSplittable: Bool { quote == nil && escape == nil }

    static let descriptions = [
        FormatOption("field-delimiter", default: ",", "The character between fields."),
        FormatOption(
            "disable-quote-character",
            default: "false",
            "No field is quoted; files can then be read in parts by several readers."
        ),
        FormatOption(
            "quote-character",
            default: "\"",
            "Encloses fields that hold delimiters or line ends; doubled within."
        ),
        FormatOption(
            "allow-comments",
            default: "false",
            "Lines that start with '#', and empty lines, are skipped."
        ),
        FormatOption(
            "ignore-parse-errors",
            default: "false",
            "Fields that cannot be read become NULL, records that cannot be read are skipped."
        ),
        FormatOption(
            "array-element-delimiter",
            default: ";",
            "The character between the elements of an ARRAY and the fields of a ROW."
        ),
        FormatOption("escape-character", "Takes the character behind it as it is."),
        FormatOption("null-literal", "The text of NULL; without it no text is NULL."),
        FormatOption(
            "write-bigdecimal-in-scientific-notation",
            default: "true",
            "Writes DECIMAL 100000 as 1E+5; otherwise as 100000."
        ),
    ]

    init(_ options: FormatOptions) throws(FormatError) {
        let disablesQuotes = try options.bool("disable-quote-character", default: false)
        if disablesQuotes, options.text("quote-character") != nil {
            throw FormatError(
                """
                Format cannot define a quote character and disabled quote character at the same \
                time.
                """
            )
        }
        if let symbol = try Self.symbol("field-delimiter", options, unescapes: true) {
            delimiter = symbol
        }
        if let symbol = try Self.symbol("quote-character", options) { quote = symbol }
        if disablesQuotes { quote = nil }
        escape = try Self.symbol("escape-character", options)
        if let symbol = try Self.symbol("array-element-delimiter", options) {
            elementDelimiter = symbol.bytes
        }
        allowsComments = try options.bool("allow-comments", default: false)
        ignoresErrors = try options.bool("ignore-parse-errors", default: false)
        nullLiteral = options.text("null-literal").map { Array($0.utf8) }
        writesScientificDecimals = try options.bool(
            "write-bigdecimal-in-scientific-notation",
            default: true
        )
        try checkDistinct(options)
    }

    /// Two symbols that are the same could not be told apart.
    private func checkDistinct(_ options: FormatOptions) throws(FormatError) {
        let lineEnds = [[UInt8(ascii: "\n")], [UInt8(ascii: "\r")]]
        let symbols = [delimiter.bytes] + [quote, escape].compactMap { $0?.bytes }
        guard Set(symbols + lineEnds).count == symbols.count + lineEnds.count else {
            throw FormatError(
                """
                The field delimiter, quote and escape character of format 'csv' must differ from \
                each other and from line ends.
                """
            )
        }
    }

    private static func symbol(
        _ key: String,
        _ options: FormatOptions,
        unescapes: Bool = false
    ) throws(FormatError) -> CSVSymbol? {
        guard let text = options.text(key) else { return nil }
        let value = unescapes ? JavaEscapes.unescaped(text) : text
        guard value.utf16.count == 1, value.unicodeScalars.count == 1 else {
            throw FormatError(
                "Option 'csv.\(key)' must be a string with single character, but was: \(text)"
            )
        }
        return CSVSymbol(Array(value.utf8))
    }
}

/// One character that has a meaning, as UTF-8.
struct CSVSymbol: Sendable, Equatable {
    let bytes: [UInt8]
    let first: UInt8
    private let isSingle: Bool

    init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "a character has at least one byte")
        self.bytes = bytes
        first = bytes[0]
        isSingle = bytes.count == 1
    }

    init(_ byte: UInt8) {
        self.init([byte])
    }

    var count: Int { bytes.count }

    /// Whether the symbol stands at a position.
    @inline(__always)
    func matches(_ text: Span<UInt8>, _ position: Int) -> Bool {
        guard text[position] == first else { return false }
        return isSingle || matchesRest(text, position)
    }

    private func matchesRest(_ text: Span<UInt8>, _ position: Int) -> Bool {
        guard position + bytes.count <= text.count else { return false }
        return bytes.indices.allSatisfy { text[position + $0] == bytes[$0] }
    }
}

/// Java's escapes in a text, as commons-lang's `unescapeJava` reads them.
enum JavaEscapes {
    static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let next = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            switch next {
            case "b": result.append("\u{8}")
            case "t": result.append("\t")
            case "n": result.append("\n")
            case "f": result.append("\u{C}")
            case "r": result.append("\r")
            case "u":
                while rest.first == "u" { rest.removeFirst() }
                let digits = rest.prefix(4)
                rest = rest.dropFirst(4)
                let number = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
                result.append(number.flatMap(Unicode.Scalar.init) ?? "\u{FFFD}")
            case "0"..."7":
                var number = next.value - 0x30
                let most = next.value <= 0x33 ? 3 : 2
                var count = 1
                while count < most, let digit = rest.first, ("0"..."7").contains(digit) {
                    number = number * 8 + digit.value - 0x30
                    rest.removeFirst()
                    count += 1
                }
                result.append(Unicode.Scalar(number) ?? "\u{FFFD}")
            default: result.append(next)
            }
        }
        return String(result)
    }
}
