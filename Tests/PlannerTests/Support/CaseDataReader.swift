import Columnar
import Expressions

/// Reads the small inputs of the oracle's scalar cases.
struct CaseDataReader {
    let columns: [RowField]

    func json(_ lines: [String]) throws -> RecordBatch {
        var rows: [[ScalarValue]] = []
        for line in lines {
            var parser = SmallJSON(text: Array(line.utf8))
            guard case .object(let members) = try parser.value() else {
                throw CaseError(description: "'\(line)' is no object")
            }
            rows.append(
                try columns.map { field in
                    let member = members.first { $0.0 == field.name }?.1 ?? .null
                    return try scalar(member, field.type)
                }
            )
        }
        return batch(rows)
    }

    func csv(_ lines: [String]) throws -> RecordBatch {
        batch(
            try lines.map { line in
                let fields = fields(line)
                return try columns.indices.map { index in
                    let text = index < fields.count ? fields[index] : ""
                    return try text.isEmpty ? .null : scalar(.string(text), columns[index].type)
                }
            }
        )
    }

    private func batch(_ rows: [[ScalarValue]]) -> RecordBatch {
        let data = columns.enumerated().map { index, field in
            Column.fromScalars(rows.map { $0[index] }, field.type)
        }
        return RecordBatch(data, count: rows.count)
    }

    private func fields(_ line: String) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = Substring(line)
        while let character = rest.popFirst() {
            if character == "\"" {
                if isQuoted, rest.first == "\"" {
                    field.append("\"")
                    rest.removeFirst()
                } else {
                    isQuoted.toggle()
                }
            } else if character == ",", !isQuoted {
                fields.append(field)
                field = ""
            } else {
                field.append(character)
            }
        }
        return fields + [field]
    }

    private func scalar(_ value: SmallJSON.Value, _ type: DataType) throws -> ScalarValue {
        switch (value, type.kind) {
        case (.null, _): return .null
        case (.array(let elements), .array(let element)):
            return .list(try elements.map { try scalar($0, element) })
        case (.object(let members), .map(let key, let value)):
            return .map(
                try members.flatMap { [try scalar(.string($0.0), key), try scalar($0.1, value)] }
            )
        case (.object(let members), .row(let fields)):
            return .row(
                try fields.map { field in
                    try scalar(members.first { $0.0 == field.name }?.1 ?? .null, field.type)
                }
            )
        case (.string(let text), .timestampLTZ): return try cast(String(text.dropLast()), type)
        case (.string(let text), _), (.number(let text), _): return try cast(text, type)
        default: throw CaseError(description: "\(value) is no \(type)")
        }
    }

    private func cast(_ text: String, _ type: DataType) throws -> ScalarValue {
        let literal = Expression.literal(.text(text), .string)
        let program = try ExpressionProgram([.cast(literal, to: type, mode: .strict)])
        return try program.evaluate(RecordBatch([], count: 1))[0].scalar(0)
    }
}

/// As much of JSON as the test data needs; numbers stay texts.
struct SmallJSON {
    indirect enum Value {
        case null
        case string(String)
        case number(String)
        case array([Value])
        case object([(String, Value)])
    }

    let text: [UInt8]
    private var position = 0

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func value() throws -> Value {
        skipSpaces()
        switch text[position] {
        case UInt8(ascii: "{"):
            position += 1
            var members: [(String, Value)] = []
            while !skip("}") {
                guard case .string(let key) = try value() else { break }
                _ = skip(":")
                members.append((key, try value()))
                _ = skip(",")
            }
            return .object(members)
        case UInt8(ascii: "["):
            position += 1
            var elements: [Value] = []
            while !skip("]") {
                elements.append(try value())
                _ = skip(",")
            }
            return .array(elements)
        case UInt8(ascii: "\""):
            let start = position + 1
            position = start
            while text[position] != UInt8(ascii: "\"") { position += 1 }
            position += 1
            return .string(String(decoding: text[start..<position - 1], as: UTF8.self))
        default:
            let start = position
            while position < text.count, !", ]}".utf8.contains(text[position]) { position += 1 }
            let word = String(decoding: text[start..<position], as: UTF8.self)
            return word == "null" ? .null : .number(word)
        }
    }

    private mutating func skipSpaces() {
        while position < text.count, text[position] == 32 { position += 1 }
    }

    private mutating func skip(_ character: Character) -> Bool {
        skipSpaces()
        guard position < text.count, text[position] == character.asciiValue else { return false }
        position += 1
        return true
    }
}
