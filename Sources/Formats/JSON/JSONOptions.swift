/// The options of the `json` format, some of which other formats share.
enum JSONOptions {
    static let ignoreParseErrors = FormatOption(
        "ignore-parse-errors",
        default: "false",
        "Sets fields that do not convert to NULL and skips records that are no JSON, counted."
    )
    static let timestampFormat = FormatOption(
        "timestamp-format.standard",
        default: "SQL",
        """
        How timestamps are written: SQL (2024-02-29 12:34:56.789) or ISO-8601 \
        (2024-02-29T12:34:56.789); TIMESTAMP_LTZ ends in Z.
        """
    )

    static let reading = [
        FormatOption(
            "fail-on-missing-field",
            default: "false",
            "Refuses records that lack a field that the query reads."
        ),
        ignoreParseErrors,
        timestampFormat,
        FormatOption(
            "decode.json-parser.enabled",
            default: "true",
            """
            Whether text columns take numbers as they are written; false takes them in Java's \
            canonical form.
            """
        ),
    ]

    static let writing = [
        FormatOption(
            "map-null-key.mode",
            default: "FAIL",
            "What to do with NULL keys of a MAP: FAIL, DROP or LITERAL."
        ),
        FormatOption(
            "map-null-key.literal",
            default: "null",
            "The key to write for NULL when map-null-key.mode is LITERAL."
        ),
        FormatOption(
            "encode.decimal-as-plain-number",
            default: "false",
            "Writes every DECIMAL with plain digits, never as 2.7E-8."
        ),
        FormatOption(
            "encode.ignore-null-fields",
            default: "false",
            "Leaves out fields that are NULL."
        ),
    ]

    private enum TimestampFormat: String, CaseIterable {
        case sql = "SQL"
        case iso = "ISO-8601"
    }

    static func isISO(_ options: FormatOptions) throws(FormatError) -> Bool {
        try options.choice(timestampFormat.key, default: TimestampFormat.sql) == .iso
    }

    static func reading(_ options: FormatOptions) throws(FormatError) -> ReadingOptions {
        var reading = ReadingOptions()
        reading.isISO = try isISO(options)
        reading.failsOnMissing = try options.bool("fail-on-missing-field", default: false)
        reading.ignoresErrors = try options.bool(ignoreParseErrors.key, default: false)
        reading.readsTrees = try !options.bool("decode.json-parser.enabled", default: true)
        if reading.failsOnMissing, reading.ignoresErrors {
            throw options.invalid(
                "fail-on-missing-field",
                "fail-on-missing-field and ignore-parse-errors shouldn't both be true."
            )
        }
        return reading
    }

    static func writing(_ options: FormatOptions) throws(FormatError) -> WritingOptions {
        var writing = WritingOptions()
        writing.isISO = try isISO(options)
        writing.nullKeyMode = try options.choice("map-null-key.mode", default: .fail)
        writing.nullKeyLiteral = options.text("map-null-key.literal") ?? "null"
        writing.writesPlainDecimals = try options.bool(
            "encode.decimal-as-plain-number",
            default: false
        )
        writing.omitsNulls = try options.bool("encode.ignore-null-fields", default: false)
        return writing
    }
}
