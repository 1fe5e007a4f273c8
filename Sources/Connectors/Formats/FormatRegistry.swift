import Core
package import Formats

/// All formats by name: the values of the `format` options.
package struct FormatRegistry: Sendable {
    /// One list registers the formats.
    package static let builtIn: [any FormatFactory] = [
        CSVFormat(), DebeziumFormat(), JSONFormat(),
    ]

    package let factories: [any FormatFactory]

    package init(_ factories: [any FormatFactory] = FormatRegistry.builtIn) {
        self.factories = factories
    }

    /// The format of a name; the error has Flink's words and the nearest known name.
    package func factory(named name: String) throws(ConnectorError) -> any FormatFactory {
        if let factory = factories.first(where: { $0.identifier == name }) { return factory }
        let names = factories.map(\.identifier).sorted()
        throw ConnectorError(
            blame: .user,
            """
            Could not find any format factory for identifier '\(name)' in the classpath.\
            \(NearestName.hint(name, in: names))

            Available format identifiers are:
            \(names.joined(separator: "\n"))
            """
        )
    }
}
