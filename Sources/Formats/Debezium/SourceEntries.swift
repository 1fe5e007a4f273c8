import Columnar

/// Entries of the `source` of events, once it has been read as a whole.
enum SourceEntries {
    /// The values of one key: text, or milliseconds for a TIMESTAMP_LTZ.
    static func column(
        _ key: String,
        _ source: Column?,
        _ type: DataType,
        _ count: Int
    ) -> Column {
        guard let source else { return .nulls(type, count: count) }
        let values = (0..<count).map { row -> ScalarValue in
            let entries = source.scalar(row).children
            for index in stride(from: 0, to: entries.count, by: 2)
            where entries[index] == .text(key) {
                return scalar(entries[index + 1], type)
            }
            return .null
        }
        return Column.fromScalars(values, type)
    }

    private static func scalar(_ value: ScalarValue, _ type: DataType) -> ScalarValue {
        guard case .timestampLTZ(let precision) = type.kind else { return value }
        guard case .bytes(let bytes) = value, let number = IntegerText.parse(bytes.span) else {
            return .null
        }
        let perSecond = DataType.timestampUnitsPerSecond(precision: precision)
        let (micros, overflow) = number.multipliedReportingOverflow(by: perSecond / 1000)
        return overflow ? .null : .int(micros)
    }
}
