package import Connectors
import PostgresConnector

/// All connectors of the programs: one list registers them.
package enum AllConnectors {
    package static let registry = ConnectorRegistry(
        ConnectorRegistry.builtIn + [PostgresCDCFactory(), JdbcFactory()]
    )
}
