/// Compares JSON with the schemas of an OpenAPI 3.1 document, as far as ours go.
package struct SchemaValidator: Sendable {
    let schemas: [String: JSONValue]

    /// Words of schemas that are understood; another one is a defect of the document.
    private static let knownWords: Set<String> = [
        "$ref", "type", "enum", "properties", "required", "additionalProperties", "items", "oneOf",
        "allOf", "description", "format", "minimum", "maximum",
    ]

    /// What is wrong with a value, with its place; empty when nothing is.
    package func defects(
        _ value: JSONValue,
        _ schema: JSONValue,
        at place: String = "$"
    ) -> [String] {
        var defects = Set(schema.members.keys).subtracting(Self.knownWords).sorted().map {
            "\(place): the schema has the unknown word '\($0)'"
        }
        if let reference = schema["$ref"]?.text {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let target = schemas[name] else { return ["\(place): no schema '\(name)'"] }
            defects += self.defects(value, target, at: place)
        }
        for part in schema["allOf"]?.elements ?? [] {
            defects += self.defects(value, part, at: place)
        }
        if let choices = schema["oneOf"]?.elements {
            let results = choices.map { self.defects(value, $0, at: place) }
            if results.count(where: \.isEmpty) != 1 {
                defects += ["\(place): not exactly one of the choices"] + results.joined()
            }
        }
        if let type = schema["type"]?.text, !Self.matches(value, type) {
            return defects + ["\(place): \(value) is no \(type)"]
        }
        if let words = schema["enum"]?.elements, !words.contains(value) {
            defects.append("\(place): '\(value)' is none of \(words)")
        }
        if case .number(let least)? = schema["minimum"], case .number(let number) = value,
            number < least
        {
            defects.append("\(place): \(number) is below \(least)")
        }
        if let items = schema["items"] {
            for (index, element) in value.elements.enumerated() {
                defects += self.defects(element, items, at: "\(place)[\(index)]")
            }
        }
        if case .object(let members) = value {
            defects += memberDefects(members, schema, at: place)
        }
        return defects
    }

    private func memberDefects(
        _ members: [String: JSONValue],
        _ schema: JSONValue,
        at place: String
    ) -> [String] {
        let required = (schema["required"]?.elements ?? []).compactMap(\.text)
        var defects = required.filter { members[$0] == nil }.map {
            "\(place): '\($0)' is missing"
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let property = schema["properties"]?[name] {
                defects += self.defects(member, property, at: "\(place).\(name)")
                continue
            }
            switch schema["additionalProperties"] {
            case .bool(false): defects.append("\(place): '\(name)' is not documented")
            case let others?: defects += self.defects(member, others, at: "\(place).\(name)")
            case nil: break
            }
        }
        return defects
    }

    private static func matches(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"),
            (.number, "number"), (.null, "null"):
            true
        case (.number(let number), "integer"): number == number.rounded()
        default: false
        }
    }
}
