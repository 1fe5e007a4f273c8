/// The options of connectors as tables of the documentation.
package enum OptionTable {
    /// A Markdown table with a row for each option.
    package static func markdown(_ options: [OptionDescription]) -> String {
        let rows = options.map { option in
            "| `\(cell(option.key))` | \(option.isRequired ? "required" : "optional") | "
                + "\(option.defaultValue.map(shown) ?? "(none)") | \(cell(option.summary)) |"
        }
        let head = ["| Option | Required | Default | Description |", "|---|---|---|---|"]
        return (head + rows).joined(separator: "\n") + "\n"
    }

    /// A section for each connector: what it can do, and its options.
    package static func markdown(_ factories: [any ConnectorFactory]) -> String {
        factories.sorted { $0.identifier < $1.identifier }.map { factory in
            """
            ## `\(factory.identifier)`

            \(direction(factory))

            \(factory.options.isEmpty ? "It has no options.\n" : markdown(factory.options))
            """
        }.joined(separator: "\n")
    }

    private static func direction(_ factory: any ConnectorFactory) -> String {
        switch (factory.canRead, factory.canWrite) {
        case (true, true): "Source and sink."
        case (true, false): "Source."
        default: "Sink."
        }
    }

    private static func shown(_ value: String) -> String {
        value.isEmpty ? "(empty)" : "`\(cell(value))`"
    }

    /// A text that does not end its cell.
    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
    }
}
