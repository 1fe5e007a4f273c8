package import ClusterMessages
package import Connectors
package import Core
package import ObjectStore

/// What a leader gets from its process.
package struct ClusterResources: Sendable {
    package let connectors: ConnectorRegistry
    /// Where checkpoints and the registry are.
    package let store: any ObjectStore
    package let stores: any StoreOpening
    package let time: any TimeSource
    package let log: @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void
    package let logLines: @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry]

    package init(
        connectors: ConnectorRegistry = ConnectorRegistry(ConnectorRegistry.builtIn),
        store: any ObjectStore,
        stores: any StoreOpening,
        time: any TimeSource,
        log: @escaping @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void,
        logLines: @escaping @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry]
    ) {
        self.connectors = connectors
        self.store = store
        self.stores = stores
        self.time = time
        self.log = log
        self.logLines = logLines
    }
}
