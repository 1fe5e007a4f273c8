import Columnar

/// How Debezium writes the values of a column, as far as its type and the options tell.
enum DebeziumEncoding {
    /// The encoding without a schema in the record.
    static func declared(_ type: DataType, _ options: DebeziumOptions) -> ValueEncoding {
        var encoding = ValueEncoding()
        encoding.isLenientTime = true
        encoding.allowsVariableScale = true
        encoding.checksPlaceholder = true
        encoding.binaryForm =
            switch options.binaryHandling {
            case .bytes, .base64: .base64
            case .base64URLSafe: .base64URL
            case .hex: .hex
            }
        switch type.kind {
        case .date: encoding.epochUnit = .days
        case .time(let precision): encoding.epochUnit = timeUnit(precision, options)
        case .timestamp(let precision), .timestampLTZ(let precision):
            encoding.epochUnit = timestampUnit(precision, options)
        case .decimal(_, let scale) where options.decimalHandling == .precise:
            encoding.decimalBytesScale = Int16(scale)
        default: break
        }
        return encoding
    }

    private static func timeUnit(_ precision: Int, _ options: DebeziumOptions) -> EpochUnit {
        switch options.timePrecision {
        case .adaptive: precision <= 3 ? .milliseconds : .microseconds
        case .adaptiveTimeMicroseconds: .microseconds
        case .connect: .milliseconds
        }
    }

    private static func timestampUnit(_ precision: Int, _ options: DebeziumOptions) -> EpochUnit {
        if options.timePrecision == .connect || precision <= 3 { return .milliseconds }
        return precision <= 6 ? .microseconds : .nanoseconds
    }

    /// The encoding of a field whose Kafka Connect schema came with the record.
    ///
    /// - `declared`: what holds for anything that the schema leaves open.
    /// - `name`: the logical name, such as `io.debezium.time.MicroTimestamp`.
    /// - `scale`: the `scale` parameter.
    static func described(
        _ declared: ValueEncoding,
        name: String,
        scale: Int?
    ) -> ValueEncoding {
        var encoding = declared
        encoding.decimalBytesScale = -1
        switch name {
        case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date":
            encoding.epochUnit = .days
        case "io.debezium.time.Time", "io.debezium.time.Timestamp",
            "org.apache.kafka.connect.data.Time", "org.apache.kafka.connect.data.Timestamp":
            encoding.epochUnit = .milliseconds
        case "io.debezium.time.MicroTime", "io.debezium.time.MicroTimestamp":
            encoding.epochUnit = .microseconds
        case "io.debezium.time.NanoTime", "io.debezium.time.NanoTimestamp":
            encoding.epochUnit = .nanoseconds
        case "org.apache.kafka.connect.data.Decimal":
            encoding.decimalBytesScale = Int16(clamping: scale ?? 0)
        default: break
        }
        return encoding
    }
}
