package import Connectors
import PostgresConnector

/// All connectors of jobctl: one list registers them.
package enum AllConnectors {
    package static let registry = ConnectorRegistry(
        ConnectorRegistry.builtIn + [PostgresCDCFactory(), JdbcFactory()]
    )
}
