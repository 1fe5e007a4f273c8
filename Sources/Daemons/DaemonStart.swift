import ArgumentParser
import ClusterMessages
import ClusterProtocol
import Core
import FoundationEssentials
import Logging
import ObjectStore
import RESTServer
import S3Store
import Synchronization
import Threads
import Transport

/// What both programs are given on the command line.
struct DaemonArguments: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file, YAML as Flink's.")
    var configuration: String?

    @Option(
        name: .customShort("D"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting, over file and environment.", valueName: "key=value")
    )
    var setting: [String] = []
}

/// What both programs do before they begin their work.
struct DaemonStart {
    let settings: Settings
    let log: ProgramLog
    let time = SystemTime()

    /// Reads the configuration: the file, then the environment, then flags.
    ///
    /// - Parameters:
    ///   - keys: that the program knows.
    ///   - arguments: the command line.
    ///   - flags: settings of the program's own flags.
    /// - Throws: what is wrong with the configuration.
    init(
        _ keys: [SettingKey],
        _ arguments: DaemonArguments,
        flags: [(key: String, text: String?)]
    ) throws(SettingsError) {
        var settings = Settings(keys)
        if let path = arguments.configuration {
            for (key, text) in try SettingsFile.read(path) {
                try settings.set(key, text, from: "configuration file '\(path)'")
            }
        }
        try settings.read(environment: ProcessInfo.processInfo.environment)
        for entry in arguments.setting {
            guard let equals = entry.firstIndex(of: "=") else {
                throw SettingsError("-D takes key=value, not '\(entry)'.")
            }
            try settings.set(
                String(entry[..<equals]),
                String(entry[entry.index(after: equals)...]),
                from: "-D"
            )
        }
        for (key, text) in flags {
            if let text { try settings.set(key, text, from: "command line") }
        }
        self.settings = settings
        let name = settings.text("log.format") ?? "text"
        guard let form = ProgramLog.Form(rawValue: name) else {
            throw SettingsError("'log.format' is text or json, not '\(name)'.")
        }
        log = ProgramLog(form, time: time)
        if let warning = ProcessSetup.begin() { log.write(.warning, warning) }
    }

    /// Opens stores of checkpoints and savepoints.
    func opener() throws(SettingsError) -> StoreOpener {
        let log = log
        let options: S3Options
        do throws(ObjectStoreError) {
            options = try S3Options(
                configuration: settings.s3,
                environment: ProcessInfo.processInfo.environment
            )
        } catch {
            throw SettingsError(error.message)
        }
        return StoreOpener(
            options: options,
            log: Logger(label: "s3") { _ in ProgramLogHandler(log) }
        )
    }

    /// The network between the programs of the cluster.
    func network(_ identity: NetworkIdentity) throws -> ClusterNetwork {
        var options = TransportOptions(
            clusterID: try settings.required("high-availability.cluster-id")
        )
        options.token = try settings.secret("cluster.token", file: "cluster.token-file") ?? ""
        if try settings.flag("security.ssl.internal.enabled") {
            options.tls = TransportOptions.TLS(
                certificateFile: try settings.required("security.ssl.internal.cert-file"),
                keyFile: try settings.required("security.ssl.internal.key-file"),
                authorityFile: try settings.required("security.ssl.internal.ca-file"),
                checksServerName: try settings.flag("security.ssl.internal.verify-hostname")
            )
        }
        if identity.role == .taskManager {
            let codec = try settings.required("taskmanager.network.compression.codec")
            switch codec.uppercased() {
            case "NONE": break
            case "LZ4": options.compression.isEnabled = true
            default:
                throw SettingsError(
                    "'taskmanager.network.compression.codec' is NONE or LZ4, not '\(codec)'."
                )
            }
        }
        let log = log
        return try ClusterNetwork(
            options,
            identity: identity,
            onNote: { log.write(.info, $0) },
            onRefused: { log.write(.warning, $0) }
        )
    }

    /// Refuses a port that others can reach while everybody may come in.
    func requireToken(_ hostKey: String) throws(SettingsError) {
        let host = try settings.required(hostKey)
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        let token = try settings.secret("cluster.token", file: "cluster.token-file")
        let isTLS = try settings.flag("security.ssl.internal.enabled")
        guard !isLoopback, token == nil, !isTLS else { return }
        throw SettingsError(
            """
            '\(hostKey)' is '\(host)', so that other machines reach the port, but neither \
            'cluster.token' nor TLS is configured: everybody could join the cluster. Set \
            'cluster.token' alike on all programs, or bind to 127.0.0.1.
            """
        )
    }

    func restOptions(hostKey: String, portKey: String) throws(SettingsError) -> RESTServerOptions {
        var options = RESTServerOptions()
        options.host = try settings.required(hostKey)
        options.port = try settings.integer(portKey, 0...65_535)
        options.token = try settings.secret("rest.token", file: "rest.token-file")
        if let chain = settings.text("security.ssl.rest.cert-file") {
            options.tls = RESTServerOptions.TLSFiles(
                certificateChain: chain,
                privateKey: try settings.required("security.ssl.rest.key-file")
            )
        }
        let log = log
        options.logger = Logger(label: "rest") { _ in ProgramLogHandler(log) }
        return options
    }

    /// The name of this machine.
    static var hostName: String { ProcessInfo.processInfo.hostName }
}

/// Waits on a thread of our own for something that is awaited elsewhere.
enum Awaiting {
    /// Runs the work on the cooperative pool and blocks until it is done; never call it there.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let signal = ThreadSignal()
        let box = AwaitedResult<Value>()
        Task {
            do {
                box.set(.success(try await work()))
            } catch {
                box.set(.failure(error))
            }
            signal.raise()
        }
        signal.wait()
        return try box.get()
    }
}

/// Carries a result from a task to the thread that waits for it.
private final class AwaitedResult<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ result: Result<Value, any Error>) {
        self.result.withLock { $0 = result }
    }

    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else {
            preconditionFailure("the signal was raised before there was a result")
        }
        return try result.get()
    }
}
