/// The options of the `debezium-json` format.
struct DebeziumOptions: Sendable {
    /// How Debezium was told to write times.
    enum TimePrecision: String, CaseIterable {
        case adaptive
        case adaptiveTimeMicroseconds = "adaptive_time_microseconds"
        case connect
    }

    /// How Debezium was told to write decimals.
    enum DecimalHandling: String, CaseIterable {
        /// Base-64 bytes of the unscaled value.
        case precise
        case double
        case string
    }

    /// How Debezium was told to write bytes.
    enum BinaryHandling: String, CaseIterable {
        case bytes
        case base64
        case base64URLSafe = "base64-url-safe"
        case hex
    }

    /// Which changes the source has.
    enum Changelog: String, CaseIterable {
        case all
        case upsert
    }

    var includesSchema = false
    var reading = ReadingOptions()
    var timePrecision = TimePrecision.adaptive
    var decimalHandling = DecimalHandling.string
    var binaryHandling = BinaryHandling.bytes
    var changelog = Changelog.all

    static let reading = [
        FormatOption(
            "schema-include",
            default: "false",
            """
            Whether each record is {"schema": …, "payload": …} (value.converter.schemas.enable); \
            the schema then says how values are written.
            """
        ),
        JSONOptions.ignoreParseErrors,
        JSONOptions.timestampFormat,
        FormatOption(
            "time.precision.mode",
            default: "adaptive",
            """
            Debezium's setting of the same name: what numbers in DATE, TIME and TIMESTAMP columns \
            mean. adaptive, adaptive_time_microseconds or connect.
            """
        ),
        FormatOption(
            "decimal.handling.mode",
            default: "string",
            """
            Debezium's setting of the same name: precise reads texts in DECIMAL columns as base 64 \
            bytes with the declared scale; double and string read numbers and digits.
            """
        ),
        FormatOption(
            "binary.handling.mode",
            default: "bytes",
            "Debezium's setting of the same name: bytes, base64, base64-url-safe or hex."
        ),
        FormatOption(
            "changelog-mode",
            default: "all",
            """
            all needs the row before each update (REPLICA IDENTITY FULL); upsert needs only a \
            PRIMARY KEY and completes updates from state.
            """
        ),
        FormatOption(
            "unavailable.value.placeholder",
            default: "__debezium_unavailable_value",
            """
            What Debezium sends for a TOAST value that an update did not change: taken from the \
            row before if it is there, else the record is refused.
            """
        ),
    ]

    init(_ options: FormatOptions) throws(FormatError) {
        includesSchema = try options.bool("schema-include", default: false)
        reading.isISO = try JSONOptions.isISO(options)
        reading.ignoresErrors = try options.bool(
            JSONOptions.ignoreParseErrors.key,
            default: false
        )
        reading.readsTrees = true
        let placeholder =
            options.text("unavailable.value.placeholder") ?? "__debezium_unavailable_value"
        reading.placeholder = Array(placeholder.utf8)
        timePrecision = try options.choice("time.precision.mode", default: .adaptive)
        decimalHandling = try options.choice("decimal.handling.mode", default: .string)
        binaryHandling = try options.choice("binary.handling.mode", default: .bytes)
        changelog = try options.choice("changelog-mode", default: .all)
    }
}
