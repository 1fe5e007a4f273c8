/// Why a batch written as text cannot be read.
package struct BatchTextError: Error, CustomStringConvertible {
    package let description: String
}

/// Batches as tests write them: `+I 1 apple`, one row a line, `.` for NULL.
///
/// Text with spaces, or that is exactly a dot, stands in double quotes, with `\"` and `\\` inside.
/// Timestamps are written `2024-03-01T10:00:00.123`. A missing kind is `+I`.
extension RecordBatch {
    package init(_ text: String, _ types: [DataType]) throws {
        var kinds: [RowKind] = []
        var rows: [[ScalarValue]] = []
        for line in text.split(separator: "\n") {
            var fields = try Self.fields(line)
            guard !fields.isEmpty else { continue }
            let kind = fields[0].isQuoted ? nil : RowKind(symbol: fields[0].text)
            if kind != nil { fields.removeFirst() }
            guard fields.count == types.count else {
                throw BatchTextError(
                    description: "'\(line)' has \(fields.count) values, not \(types.count)"
                )
            }
            kinds.append(kind ?? .insert)
            rows.append(try zip(fields, types).map { try Self.scalar($0, $1) })
        }
        self.init(
            types.enumerated().map { index, type in
                Column.fromScalars(rows.map { $0[index] }, type)
            },
            count: rows.count,
            kinds: RowKinds(kinds)
        )
    }

    private static func fields(
        _ line: Substring
    ) throws -> [(text: String, isQuoted: Bool)] {
        var fields: [(text: String, isQuoted: Bool)] = []
        var rest = line.drop { $0 == " " }
        while let first = rest.first {
            if first == "\"" {
                rest.removeFirst()
                var text = ""
                while let character = rest.popFirst(), character != "\"" {
                    text.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                }
                fields.append((text, true))
            } else {
                let word = rest.prefix { $0 != " " }
                rest = rest.dropFirst(word.count)
                fields.append((String(word), false))
            }
            rest = rest.drop { $0 == " " }
        }
        return fields
    }

    private static func scalar(
        _ field: (text: String, isQuoted: Bool),
        _ type: DataType
    ) throws -> ScalarValue {
        if field.text == ".", !field.isQuoted { return .null }
        guard let value = ScalarValue(parsing: field.text, type) else {
            throw BatchTextError(description: "'\(field.text)' is not a \(type)")
        }
        return value
    }
}

extension ScalarValue {
    /// Reads the test form of a value of a flat type.
    package init?(parsing text: String, _ type: DataType) {
        switch type.kind {
        case .boolean:
            guard let value = Bool(text) else { return nil }
            self = .bool(value)
        case .char, .varchar, .binary, .varbinary: self = .text(text)
        case .float:
            guard let value = Float(text) else { return nil }
            self = .float(value)
        case .double:
            guard let value = Double(text) else { return nil }
            self = .double(value)
        case .decimal(let precision, let scale):
            guard let value = Self.decimal(text, scale) else { return nil }
            self = precision <= 18 ? .int(Int64(value)) : .int128(value)
        case .date:
            guard let days = Self.days(Substring(text)) else { return nil }
            self = .int(Int64(days))
        case .timestamp(let precision), .timestampLTZ(let precision):
            guard let value = Self.timestamp(text, precision) else { return nil }
            self = .int(value)
        default:
            guard let value = Int64(text) else { return nil }
            self = .int(value)
        }
    }

    private static func decimal(_ text: String, _ scale: Int) -> Int128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        guard parts.count <= 2, fraction.count <= scale else { return nil }
        let zeros = String(repeating: "0", count: scale - fraction.count)
        return Int128("\(parts[0])\(fraction)\(zeros)")
    }

    private static func days(_ text: Substring) -> Int? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
        return date.isValid ? date.daysSinceEpoch : nil
    }

    private static func timestamp(_ text: String, _ precision: Int) -> Int64? {
        let halves = text.split(separator: "T")
        guard let day = halves.first, let days = days(day) else { return nil }
        let clock = halves.count > 1 ? halves[1].drop { _ in false } : "00:00"
        let pieces = clock.filter { $0 != "Z" }.split(separator: ":")
        guard pieces.count >= 2, let hours = Int64(pieces[0]), let minutes = Int64(pieces[1])
        else { return nil }
        let seconds = pieces.count > 2 ? String(pieces[2]) : "0"
        let units = DataType.timestampUnitsPerSecond(precision: precision)
        let digits = units == 1_000_000 ? 6 : 9
        guard let fraction = decimal(seconds, digits) else { return nil }
        return (Int64(days) * 86_400 + hours * 3600 + minutes * 60) * units + Int64(fraction)
    }
}
