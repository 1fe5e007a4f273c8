/// The names and types of the columns of a batch, in order.
package struct Schema: Hashable, Sendable, Codable, CustomStringConvertible {
    package let fields: [RowField]

    package init(_ fields: [RowField]) {
        self.fields = fields
    }

    package var count: Int { fields.count }
    package var names: [String] { fields.map(\.name) }
    package var types: [DataType] { fields.map(\.type) }

    /// The first column of that name.
    package func index(of name: String) -> Int? {
        fields.firstIndex { $0.name == name }
    }

    /// `[id: INT, name: STRING]`, as Flink shows schemas in its messages.
    package var description: String {
        "[\(fields.map { "\($0.name): \($0.type)" }.joined(separator: ", "))]"
    }
}
