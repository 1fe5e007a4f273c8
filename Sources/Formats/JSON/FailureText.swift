import Columnar

/// Says why a record could not be decoded: Flink's words first, then what was found and expected.
///
/// The values themselves are left out: messages end up in logs.
enum FailureText {
    static func error(_ failure: ConversionFailure?, _ table: SlotTable) -> FormatError {
        guard let failure else { return FormatError("The record cannot be decoded.") }
        switch failure.reason {
        case .syntax(let error):
            return FormatError("\(error.message) at byte \(error.position) of the record.")
        case .missingField:
            return FormatError(
                "Some field is missing in the JSON data."
                    + (failure.field.isEmpty ? "" : " Field: \(failure.field).")
            )
        case .placeholder:
            let path = failure.slot >= 0 ? table.layouts[failure.slot].path : failure.field
            return FormatError(
                """
                The value of column '\(path)' was not sent: Debezium left it out because the \
                update did not change it (TOAST). Set REPLICA IDENTITY FULL for the table in \
                PostgreSQL, or leave the column out of the query.
                """
            )
        case .unexpected(let token):
            guard failure.slot >= 0 else {
                return FormatError("Expected a JSON object, found \(token.description).")
            }
            let layout = table.layouts[failure.slot]
            let field = failure.field.isEmpty ? layout.path : failure.field
            return FormatError(
                """
                Fail to deserialize at field: \(field). Expected \(expected(layout.type)), \
                found \(token.description)\(token == .string ? " of another form" : "")\
                \(layout.path == field ? "" : " at \(layout.path)").
                """
            )
        }
    }

    /// A record that is no change event; the record is shown only where the message ends the job.
    static func corrupt(_ reason: String, _ record: Span<UInt8>?) -> FormatError {
        guard let record else {
            return FormatError("Corrupt Debezium JSON message: \(reason).")
        }
        var bytes: [UInt8] = []
        for index in 0..<min(record.count, FormatLimits.shownRecordBytesMax) {
            bytes.append(record[index])
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let rest = record.count > bytes.count ? "…" : ""
        return FormatError("Corrupt Debezium JSON message '\(text)\(rest)'. Cause: \(reason).")
    }

    private static func expected(_ type: DataType) -> String {
        switch type.kind {
        case .date: "\(type) text such as '2024-02-29'"
        case .time: "\(type) text such as '12:34:56'"
        case .timestamp: "\(type) text such as '2024-02-29 12:34:56.789'"
        case .timestampLTZ: "\(type) text such as '2024-02-29 12:34:56.789Z'"
        case .binary, .varbinary: "\(type) as base 64 text"
        case .array, .map, .multiset, .row: "\(type)"
        default: "a value for \(type)"
        }
    }
}
