package import Columnar
import Core

/// The connectors of a program, by name; the one list that registers them is made in its `main`.
package struct ConnectorRegistry: Sendable {
    /// The connectors of this module.
    package static let builtIn: [any ConnectorFactory] = [
        BlackholeFactory(), DatagenFactory(), FilesystemFactory(), PrintFactory(),
    ]

    package let factories: [any ConnectorFactory]

    package init(_ factories: [any ConnectorFactory]) {
        precondition(
            Set(factories.map(\.identifier)).count == factories.count,
            "every connector is registered once"
        )
        self.factories = factories
    }

    /// The connector of a name.
    package func factory(named name: String) throws(ConnectorError) -> any ConnectorFactory {
        if let factory = factories.first(where: { $0.identifier == name }) { return factory }
        throw unknown(name, "")
    }

    /// The connector of a table.
    package func factory(
        _ table: TableDefinition
    ) throws(ConnectorError) -> any ConnectorFactory {
        guard let name = table.options["connector"] else { throw unnamed(table) }
        if let factory = factories.first(where: { $0.identifier == name }) { return factory }
        throw unknown(name, "\n\nIt is the option 'connector' of table '\(table.path)'.")
    }

    /// The table as a source, its options checked.
    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        try factory(table).source(table)
    }

    /// The table as a sink, its options checked.
    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        try factory(table).sink(table)
    }

    private var names: [String] { factories.map(\.identifier).sorted() }

    private func unnamed(_ table: TableDefinition) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Table options do not contain an option key 'connector' for discovering a connector.

            Declare table '\(table.path)' WITH ('connector' = '…', …). Available factory \
            identifiers are:

            \(names.joined(separator: "\n"))
            """
        )
    }

    private func unknown(_ name: String, _ place: String) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Could not find any factory for identifier '\(name)' that implements \
            'org.apache.flink.table.factories.DynamicTableFactory' in the classpath.\
            \(NearestName.hint(name, in: names))

            Available factory identifiers are:

            \(names.joined(separator: "\n"))\(place)
            """
        )
    }
}
