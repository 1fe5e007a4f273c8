import Columnar

extension Expression {
    /// The expression as Flink's plans write it, such as `(amount > 10)` or `UPPER(name)`.
    ///
    /// - `inputNames`: the names of the input's columns; `$0`, `$1` … where missing.
    package func description(inputNames: [String]) -> String {
        ExpressionPrinter(inputNames: inputNames).text(self)
    }
}

/// Writes expressions in Flink's infix style.
private struct ExpressionPrinter {
    let inputNames: [String]

    func text(_ expression: Expression) -> String {
        switch expression {
        case .column(let index, _):
            return index < inputNames.count ? inputNames[index] : "$\(index)"
        case .literal(let value, let type): return literal(value, type)
        case .cast(let value, let type, let mode):
            let name = mode == .strict ? "CAST" : "TRY_CAST"
            return "\(name)(\(text(value)) AS \(CalciteTypeText.text(type.kind)))"
        case .call(let function, let arguments, let type):
            return call(function, arguments, type)
        }
    }

    private func call(_ function: String, _ arguments: [Expression], _ type: DataType) -> String {
        let texts = arguments.map { text($0) }
        switch function {
        case "NEGATE": return "-(\(texts[0]))"
        case "FIELD":
            guard case .literal(let index, _) = arguments[1] else { return texts[0] }
            let fields = arguments[0].type.rowFields
            let position = Int(index.integer)
            let name = position < fields.count ? fields[position].name : "f\(position)"
            return "\(texts[0]).\(name)"
        case "EXTRACT", "TIMESTAMPADD", "TIMESTAMPDIFF":
            return "\(function)(\(flag(arguments[0])), \(list(texts.dropFirst())))"
        case "FLOOR", "CEIL":
            guard arguments.count == 2 else { break }
            return "\(function)(\(texts[0]), \(flag(arguments[1])))"
        case "TRIM":
            return "TRIM(\(flag(arguments[0])), \(list(texts.dropFirst())))"
        default: break
        }
        let form = FunctionCatalogue.standard.entry(function)?.operands.form ?? .function
        switch form {
        case .infix: return "(\(texts.joined(separator: " \(function) ")))"
        case .prefix: return "\(function)(\(list(texts)))"
        case .postfix: return "\(texts[0]) \(function)"
        case .function: return "\(function)(\(list(texts)))"
        }
    }

    private func list(_ texts: some Sequence<String>) -> String {
        texts.joined(separator: ", ")
    }

    /// A unit or another keyword that stands as an argument.
    private func flag(_ expression: Expression) -> String {
        guard case .literal(.bytes(let bytes), _) = expression else { return text(expression) }
        return "FLAG(\(String(decoding: bytes, as: UTF8.self)))"
    }

    private func literal(_ value: ScalarValue, _ type: DataType) -> String {
        if value == .null { return "null:\(CalciteTypeText.text(type.kind))" }
        switch type.kind {
        case .char, .varchar:
            let text = String(decoding: value.byteArray, as: UTF8.self)
            return
                "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        case .binary, .varbinary:
            var output = BytesBuilder(reserving: 1)
            HexText.write(value.byteArray.span, uppercase: true, to: &output)
            output.endValue()
            return "X'\(output.finish().string(0))'"
        case .boolean: return value == .bool(true) ? "true" : "false"
        case .intervalDayTime, .intervalYearMonth:
            return "\(value.integer):\(CalciteTypeText.text(type.kind))"
        default:
            let column = Column.fromScalars([value], type)
            var output = BytesBuilder(reserving: 1)
            ValueText(zone: .utc).write(column, 0, to: &output)
            output.endValue()
            return output.finish().string(0)
        }
    }
}
