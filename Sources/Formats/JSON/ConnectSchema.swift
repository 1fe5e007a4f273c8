/// The description of a field in Kafka Connect's JSON.
final class ConnectSchema {
    /// The logical name, such as `io.debezium.time.Date`; empty for plain types.
    let name: String
    /// The `scale` parameter of decimals.
    let scale: Int?
    /// The fields of a struct.
    let fields: [String: ConnectSchema]
    /// The elements of an array, or the values of a map.
    let element: ConnectSchema?

    private init(
        name: String,
        scale: Int?,
        fields: [String: ConnectSchema],
        element: ConnectSchema?
    ) {
        self.name = name
        self.scale = scale
        self.fields = fields
        self.element = element
    }

    /// The columns of the row that an envelope's schema describes; empty when it does not.
    static func rowFields(
        _ tree: JSONTree,
        _ node: Int,
        _ text: Span<UInt8>
    ) -> [String: ConnectSchema] {
        let envelope = read(tree, node, text)
        return envelope?.fields["after"]?.fields ?? envelope?.fields["before"]?.fields ?? [:]
    }

    private static func read(
        _ tree: JSONTree,
        _ node: Int,
        _ text: Span<UInt8>
    ) -> ConnectSchema? {
        guard tree.nodes[node].token == .object else { return nil }
        var scale: Int?
        if let parameters = tree.value(of: "parameters", in: node, text),
            tree.nodes[parameters].token == .object,
            let value = tree.value(of: "scale", in: parameters, text)
        {
            scale = Int(string(tree, value, text))
        }
        var fields: [String: ConnectSchema] = [:]
        if let list = tree.value(of: "fields", in: node, text), tree.nodes[list].token == .array {
            for child in tree.children(of: list) {
                guard tree.nodes[child].token == .object,
                    let name = tree.value(of: "field", in: child, text)
                else { continue }
                fields[string(tree, name, text)] = read(tree, child, text)
            }
        }
        let element =
            tree.value(of: "items", in: node, text) ?? tree.value(of: "values", in: node, text)
        return ConnectSchema(
            name: tree.value(of: "name", in: node, text).map { string(tree, $0, text) } ?? "",
            scale: scale,
            fields: fields,
            element: element.flatMap { read(tree, $0, text) }
        )
    }

    private static func string(_ tree: JSONTree, _ node: Int, _ text: Span<UInt8>) -> String {
        String(decoding: tree.string(node, text), as: UTF8.self)
    }
}
