package import ArgumentParser
import ClusterMessages
package import Connectors
import Core
import FoundationEssentials
import JobManager
import ManagementAPI
import ObjectStore
import RESTServer
import S3Store
import Threads
import Transport

/// `jobmanager`: leads a cluster, or stands by.
package struct JobManagerCommand: DaemonCommand {
    package static let configuration = CommandConfiguration(
        commandName: "jobmanager",
        abstract: "Lead a cluster of task managers, or stand by to.",
        discussion: """
            Every setting may stand in the configuration file, in the environment \
            (rest.port as APUS_REST_PORT), or behind -D; the later one counts. Several may run: \
            one holds the lease in the checkpoints' store, the others wait for it.

            EXAMPLE
              jobmanager --config jobmanager.yaml -D rest.port=8081

            SETTINGS
            \(SettingKeyTable.text(SettingKeys.jobManager))
            """,
        version: "jobmanager \(ProductVersion.text)"
    )

    @OptionGroup var arguments: DaemonArguments

    @Option(name: .customLong("rest-port"), help: "The REST port; 'rest.port'.")
    var restPort: String?

    @Option(name: .customLong("rpc-port"), help: "The control port; 'jobmanager.rpc.port'.")
    var controlPort: String?

    package init() {}

    package func serve(_ connectors: ConnectorRegistry) throws {
        let start = try DaemonStart(
            SettingKeys.jobManager,
            arguments,
            flags: [("rest.port", restPort), ("jobmanager.rpc.port", controlPort)]
        )
        try start.requireToken("jobmanager.bind-host")
        let signals = StopSignals()
        let opener = try start.opener()
        defer { opener.close() }
        let daemon = try JobManagerDaemon(start, opener, connectors)
        try daemon.run { signals.count > 0 }
    }
}
