package import ArgumentParser
import ConnectorCatalogue
import Connectors
import Core
import Dataflow
import FoundationEssentials
import JobGraph
import JobManager
import KeyedState
import Planner
import RESTServer
import SQLSyntax
import Threads

/// `jobctl run`: plans a script and runs its job in this process.
package struct RunCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a SQL script in this process.",
        discussion: """
            All INSERTs of the script run as one dataflow. Rows of the connector 'print' go to \
            standard output, progress to standard error. SIGINT or SIGTERM takes a last \
            checkpoint and stops; a second one stops at once.

            EXAMPLE
              jobctl run orders.sql --parallelism 2 --memory 512m --state-dir ./state
              jobctl run orders.sql --state-dir ./state --restore latest

            EXIT CODES
            \(ExitStatus.allCases.map { "  \($0.rawValue)  \($0.summary)" }
                .joined(separator: "\n"))
            """
    )

    @OptionGroup var script: ScriptArguments

    @Option(help: "The number of slots; 'parallelism.default' of the script, or 1, if not given.")
    var parallelism: Int?

    @Option(help: "The memory to plan for, such as 512m or 2g.")
    var memory = "1g"

    @Option(
        name: .customLong("state-dir"),
        help: "The folder for checkpoints and working state; a temporary one if not given."
    )
    var stateDirectory: String?

    @Option(help: "Start from 'latest', from a checkpoint such as chk-7, or from 'none'.")
    var restore: String?

    @Flag(
        name: .customLong("allow-non-restored-state"),
        help: "Drop state of the checkpoint that no operator of the script takes."
    )
    var allowNonRestoredState = false

    @Option(
        name: .customLong("metrics-port"),
        help: "The loopback port for /metrics, /healthz and /readyz; 0 takes a free one."
    )
    var metricsPort: Int?

    @Option(help: "Progress as text, or as one JSON object a line.")
    var output = OutputForm.text

    package init() {}

    package func validate() throws {
        if let parallelism, parallelism < 1 {
            throw ValidationError("--parallelism is a whole number from 1 on.")
        }
        guard let bytes = MemorySizeText.bytes(memory), bytes >= 16 << 20 else {
            throw ValidationError("--memory is a size from 16m on, such as 512m or 2g.")
        }
        if let metricsPort, !(0...65_535).contains(metricsPort) {
            throw ValidationError("--metrics-port is a port from 0 to 65535.")
        }
        if restore != nil, stateDirectory == nil {
            throw ValidationError("--restore needs the --state-dir that holds the checkpoint.")
        }
        if allowNonRestoredState, restore == nil || restore == "none" {
            throw ValidationError("--allow-non-restored-state needs a --restore to go on from.")
        }
    }

    package func run() throws {
        let time = SystemTime()
        let console = Console()
        let log = EventLog(output == .json ? .json : .text, console, time: time)
        if let warning = ProcessSetup.begin() { log.write("warning", "limits", warning) }
        let text = try script.read()
        let plan = try script.plan(text)
        for text in plan.shown { StandardStream.output.write(text + "\n") }
        for note in plan.settings.notes { log.write("warning", "setting", note) }
        guard let graph = plan.graph else {
            if plan.shown.isEmpty {
                log.write("info", "finished", "The script has no INSERT: there is nothing to run.")
            }
            return
        }
        let slots = parallelism ?? plan.settings.parallelism ?? 1
        guard slots <= graph.settings.maxParallelism else {
            throw CommandFailure(
                .usage,
                """
                --parallelism \(slots) is more than 'pipeline.max-parallelism' \
                (\(graph.settings.maxParallelism)).
                """
            )
        }
        for guarantee in plan.guarantees {
            log.write("info", "guarantee", "Guarantee of \(guarantee).")
        }
        let folder = try TemporaryFolder(keeping: stateDirectory)
        defer { folder.remove() }
        let state = try StateFolder(path: folder.path, restore: restore)
        defer { withExtendedLifetime(state.lock) {} }
        let observer = RunObserver(log, time: time)
        let memoryBytes = Int(MemorySizeText.bytes(memory) ?? 1 << 30)
        let supervisor = JobSupervisor(
            JobDescription(
                id: state.jobID,
                graph: graph,
                parallelism: slots,
                sqlHash: ScriptArguments.hash(text)
            ),
            JobResources(
                connectors: AllConnectors.registry,
                store: state.store,
                time: time
            ),
            LocalSlots(
                folder: state.localFolder,
                stateBytesPerSlot: MemoryPlan(memoryBytes).stateBytes / slots,
                blockCache: BlockCache(bytes: MemoryPlan(memoryBytes).blockCacheBytes)
            ),
            observer
        )
        let server = try metricsPort.map { try RunMetrics.serve(supervisor, port: $0, log) }
        defer { server?.stopBlocking() }
        try RunSession(supervisor, observer, log).run(
            from: state.request,
            droppingUntakenState: allowNonRestoredState
        )
    }
}

/// The form of progress and results.
package enum OutputForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text
    case json
}
