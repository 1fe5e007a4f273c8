package import Columnar
import Core

package struct ConnectorRegistry: Sendable {
    package static let builtIn: [any ConnectorFactory] = []
    package let factories: [any ConnectorFactory]
    package init(_ factories: [any ConnectorFactory]) { self.factories = factories }
    package func factory(named name: String) throws(ConnectorError) -> any ConnectorFactory {
        guard let f = factories.first(where: { $0.identifier == name }) else {
            throw ConnectorError(blame: .user, "x")
        }
        return f
    }
    package func factory(_ table: TableDefinition) throws(ConnectorError) -> any ConnectorFactory {
        let name = table.options["connector"] ?? ""
        guard let f = factories.first(where: { $0.identifier == name }) else {
            throw ConnectorError(blame: .user, "x")
        }
        return f
    }
    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        try factory(table).source(table)
    }
    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        try factory(table).sink(table)
    }
}
