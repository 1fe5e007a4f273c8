package import ArgumentParser
import ClusterMessages
import ClusterProtocol
package import Connectors
import Core
import FoundationEssentials
import ManagementAPI
import RESTServer
import S3Store
import TaskManager
import Threads
import Transport

/// `taskmanager`: offers slots to a cluster.
package struct TaskManagerCommand: DaemonCommand {
    package static let configuration = CommandConfiguration(
        commandName: "taskmanager",
        abstract: "Offer slots to a cluster and run what its job manager says.",
        discussion: """
            Every setting may stand in the configuration file, in the environment \
            (rest.port as APUS_REST_PORT), or behind -D; the later one counts. SIGTERM ends the \
            tasks and tells the job manager.

            EXAMPLE
              taskmanager --config taskmanager.yaml --slots 4 --memory 2g

            SETTINGS
            \(SettingKeyTable.text(SettingKeys.taskManager))
            """,
        version: "taskmanager \(ProductVersion.text)"
    )

    @OptionGroup var arguments: DaemonArguments

    @Option(help: "The number of slots; 'taskmanager.numberOfTaskSlots'.")
    var slots: String?

    @Option(help: "All memory, such as 2g; 'taskmanager.memory.process.size'.")
    var memory: String?

    @Option(
        name: .customLong("jobmanager"),
        help: "The job managers, host:port; 'jobmanager.rpc.address'."
    )
    var jobManager: String?

    @Option(
        name: .customLong("data-dir"),
        help: "The local folder for working state; 'io.tmp.dirs'."
    )
    var folder: String?

    package init() {}

    package func serve(_ connectors: ConnectorRegistry) throws {
        let start = try DaemonStart(
            SettingKeys.taskManager,
            arguments,
            flags: [
                ("taskmanager.numberOfTaskSlots", slots),
                ("taskmanager.memory.process.size", memory),
                ("jobmanager.rpc.address", jobManager),
                ("io.tmp.dirs", folder),
            ]
        )
        try start.requireToken("taskmanager.bind-host")
        let signals = StopSignals()
        var options = try options(start)
        let log = start.log
        let network = try start.network(
            NetworkIdentity(
                role: .taskManager,
                id: options.id,
                softwareVersion: ProductVersion.text
            )
        )
        let opener = try start.opener()
        defer {
            network.close()
            opener.close()
        }
        let health = TaskManagerHealth(network)
        let server = try health.serve(start)
        options.restAddress = server?.address
        let service = try TaskManagerService(
            options,
            TaskManagerResources(
                network: network,
                connectors: connectors,
                stores: opener,
                time: start.time,
                log: { log.write($0, $1) },
                logLines: { log.lines(after: $0, limit: $1) },
                giveUp: { reason in
                    log.write(.error, reason)
                    ProcessEnd.now(ProcessEnd.tasksHang)
                }
            )
        )
        health.watch(service)
        log.write(
            .info,
            "Task manager '\(options.id)' offers \(options.slots) slots with "
                + "\(MemorySizeText.short(bytes: Int64(options.memoryBytes))); data port "
                + "\(options.dataHost):\(service.dataPort)\(server.map { ", metrics at \($0.address)" } ?? "")."
        )
        let thread = WorkerThread(name: "control") { service.run() }
        while signals.count == 0 {
            ThreadSignal().wait(forMicroseconds: DaemonLimits.signalMicroseconds)
        }
        log.write(.info, "Stopping: tasks are being ended.")
        service.leave(reason: "it was told to stop")
        thread.join()
        if let server { try Awaiting.run { await server.stop() } }
        log.write(.info, "Stopped.")
    }

    private func options(_ start: DaemonStart) throws -> TaskManagerOptions {
        let settings = start.settings
        let port = try settings.integer("jobmanager.rpc.port", 1...65_535)
        let addresses = try settings.required("jobmanager.rpc.address").filter { !$0.isWhitespace }
            .split(separator: ",").map { try Self.address(String($0), defaultPort: port) }
        guard !addresses.isEmpty else {
            throw SettingsError("'jobmanager.rpc.address' names no job manager.")
        }
        let name =
            settings.text("taskmanager.resource-id")
            ?? "\(DaemonStart.hostName)-\(ProcessFacts.id)"
        // A run has a name of its own: what was sent to the last one is not for this one.
        let run = String(UInt32.random(in: 0 ... .max), radix: 16)
        var options = TaskManagerOptions(
            id: "\(name)-\(run)",
            jobManagers: addresses,
            dataHost: try settings.required("taskmanager.host"),
            folder: settings.text("io.tmp.dirs")
                ?? FileManager.default.temporaryDirectory.path + "/apus",
            checkpoints: try settings.required("execution.checkpointing.dir")
        )
        options.bindHost = try settings.required("taskmanager.bind-host")
        options.dataPort = try settings.integer("taskmanager.data.port", 0...65_535)
        options.slots = try settings.integer("taskmanager.numberOfTaskSlots", 1...1024)
        options.memoryBytes = try settings.bytes("taskmanager.memory.process.size")
        guard options.memoryBytes >= 16 << 20 else {
            throw SettingsError("'taskmanager.memory.process.size' is at least 16m.")
        }
        if settings.text("taskmanager.memory.managed.size") != nil {
            options.stateBytes = try settings.bytes("taskmanager.memory.managed.size")
            guard options.stateBytes < options.memoryBytes else {
                throw SettingsError(
                    "'taskmanager.memory.managed.size' is less than "
                        + "'taskmanager.memory.process.size', which holds it."
                )
            }
        }
        return options
    }

    private static func address(
        _ text: String,
        defaultPort: Int
    ) throws(SettingsError) -> JobManagerAddress {
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            return JobManagerAddress(host: text, port: defaultPort)
        }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port),
            colon > text.startIndex
        else {
            throw SettingsError(
                "'jobmanager.rpc.address' has host:port entries; '\(text)' is none."
            )
        }
        return JobManagerAddress(host: String(text[..<colon]), port: port)
    }
}
