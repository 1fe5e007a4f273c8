extension JSONTree {
    /// Appends a value as Jackson's `JsonNode.toString` writes it: compact, numbers normalised, of
    /// repeated keys the last value in the place of the first.
    func appendText(
        _ index: Int,
        _ text: Span<UInt8>,
        asDecimal: Bool,
        to output: inout [UInt8]
    ) {
        let node = nodes[index]
        switch node.token {
        case .object: appendObject(index, text, asDecimal: asDecimal, to: &output)
        case .array:
            output.append(UInt8(ascii: "["))
            for (position, child) in children(of: index).enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                appendText(child, text, asDecimal: asDecimal, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .string: JSONText.appendQuoted(string(index, text).span, to: &output)
        case .integer, .float:
            let number = text.extracting(node.start..<node.end)
            NumberNormalization.append(number, node.token, asDecimal: asDecimal, to: &output)
        case .true: output += Array("true".utf8)
        case .false: output += Array("false".utf8)
        case .null: output += Array("null".utf8)
        }
    }

    private func appendObject(
        _ index: Int,
        _ text: Span<UInt8>,
        asDecimal: Bool,
        to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "{"))
        for (position, entry) in entries(of: index, text).enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            JSONText.appendQuoted(entry.key.span, to: &output)
            output.append(UInt8(ascii: ":"))
            appendText(entry.value, text, asDecimal: asDecimal, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Keys and values of an object; of repeated keys the last value in the place of the first.
    func entries(
        of object: Int,
        _ text: Span<UInt8>
    ) -> [(key: [UInt8], keyNode: Int, value: Int)] {
        var entries: [(key: [UInt8], keyNode: Int, value: Int)] = []
        var places: [[UInt8]: Int] = [:]
        var child = object + 1
        while child < nodes[object].next {
            let value = nodes[child].next
            let key = string(child, text)
            if let place = places[key] {
                entries[place].value = value
            } else {
                places[key] = entries.count
                entries.append((key, child, value))
            }
            child = nodes[value].next
        }
        return entries
    }
}
