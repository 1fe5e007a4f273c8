import Testing

/// Settings that are wrong: the program does not start, and says in a sentence why.
@Suite struct SettingsMessageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let daemon: Daemon
        let words: [String]
        let message: String

        init(_ daemon: Daemon, _ words: [String], _ message: String) {
            self.daemon = daemon
            self.words = words
            self.message = message
        }

        /// Settings behind `-D`.
        init(_ daemon: Daemon, _ settings: String..., says message: String) {
            self.init(daemon, settings.flatMap { ["-D", $0] }, message)
        }

        var testDescription: String { "\(daemon.rawValue) \(words.joined(separator: " "))" }
    }

    private static let heartbeat =
        "'heartbeat.timeout' must be at least four times 'heartbeat.interval'."
    private static let lease =
        "'high-availability' needs retry-period < renew-deadline < lease-duration."
    private static let port = "is a whole number from 0 to 65535, not"
    private static let dialled = "'jobmanager.rpc.address' has host:port entries;"

    static let forms = [
        Case(.jobManager, "rest.port", says: "-D takes key=value, not 'rest.port'."),
        Case(.jobManager, "=1", says: "-D: there is no setting ''."),
        Case(
            .jobManager,
            "heartbeat.timout=1 s",
            says: "-D: there is no setting 'heartbeat.timout'. Did you mean 'heartbeat.timeout'?"
        ),
        Case(
            .taskManager,
            "heartbeat.timeout=1 s",
            says: "-D: there is no setting 'heartbeat.timeout'."
        ),
        Case(
            .taskManager,
            "s3.acces-key=a",
            says: "'s3.acces-key' is no option of S3. Did you mean 's3.access-key'?"
        ),
        Case(.jobManager, "rest.port=eighty", says: "-D: 'rest.port' \(port) 'eighty'."),
        Case(.jobManager, "rest.port=65536", says: "-D: 'rest.port' \(port) '65536'."),
        Case(.jobManager, "rest.port=-1", says: "-D: 'rest.port' \(port) '-1'."),
        // Also of a job manager that does not lead yet.
        Case(
            .jobManager,
            "jobmanager.rpc.port=0",
            says: "-D: 'jobmanager.rpc.port' is a whole number from 1 to 65535, not '0'."
        ),
        Case(
            .jobManager,
            "jobstore.max-capacity=-1",
            says: "-D: 'jobstore.max-capacity' is a whole number from 0 to 2147483647, not '-1'."
        ),
        Case(
            .jobManager,
            "security.ssl.internal.enabled=yes",
            says: "-D: 'security.ssl.internal.enabled' is true or false, not 'yes'."
        ),
        Case(
            .taskManager,
            "taskmanager.memory.process.size=big",
            says: "-D: 'taskmanager.memory.process.size' is a size such as 512m or 2g, not 'big'."
        ),
        Case(
            .jobManager,
            "heartbeat.interval=soon",
            says: "-D: 'heartbeat.interval' is a duration such as 500 ms, 10 s or 1 min, "
                + "not 'soon'."
        ),
        Case(
            .jobManager,
            "task.cancellation.timeout=0 s",
            says: "-D: 'task.cancellation.timeout' is a duration such as 500 ms, 10 s or 1 min, "
                + "not '0 s'."
        ),
        Case(
            .jobManager,
            "task.cancellation.timeout=9999 d",
            says: "-D: 'task.cancellation.timeout' is a duration of at most 366 days, "
                + "not '9999 d'."
        ),
        Case(.jobManager, "log.format=xml", says: "'log.format' is text or json, not 'xml'."),
        Case(
            .taskManager,
            "taskmanager.network.compression.codec=zstd",
            says: "'taskmanager.network.compression.codec' is NONE or LZ4, not 'zstd'."
        ),
    ]

    static let rules = [
        Case(.jobManager, "heartbeat.interval=2501 ms", says: heartbeat),
        Case(.jobManager, "heartbeat.timeout=7999 ms", says: heartbeat),
        Case(.jobManager, "high-availability.retry-period=10 s", says: lease),
        Case(.jobManager, "high-availability.renew-deadline=2 s", says: lease),
        Case(.jobManager, "high-availability.renew-deadline=15 s", says: lease),
        Case(.jobManager, "high-availability.lease-duration=10 s", says: lease),
        Case(
            .taskManager,
            "taskmanager.memory.process.size=16383k",
            says: "'taskmanager.memory.process.size' is at least 16m."
        ),
        Case(
            .taskManager,
            "taskmanager.memory.process.size=64m",
            "taskmanager.memory.managed.size=64m",
            says: "'taskmanager.memory.managed.size' is less than "
                + "'taskmanager.memory.process.size', which holds it."
        ),
        Case(.taskManager, "jobmanager.rpc.address=a:1,b:x", says: "\(dialled) 'b:x' is none."),
        Case(.taskManager, "jobmanager.rpc.address=a:0", says: "\(dialled) 'a:0' is none."),
        Case(.taskManager, "jobmanager.rpc.address=:1", says: "\(dialled) ':1' is none."),
        Case(
            .taskManager,
            "jobmanager.rpc.address= , ",
            says: "'jobmanager.rpc.address' names no job manager."
        ),
        Case(
            .taskManager,
            "taskmanager.host=",
            says: "The setting 'taskmanager.host' is missing: Where other task managers reach "
                + "this one. Give it in the configuration file, as APUS_TASKMANAGER_HOST, or with "
                + "-D taskmanager.host=…"
        ),
        Case(
            .taskManager,
            "security.ssl.internal.enabled=true",
            says: "The setting 'security.ssl.internal.cert-file' is missing: The certificate "
                + "chain, as PEM. Give it in the configuration file, as "
                + "APUS_SECURITY_SSL_INTERNAL_CERT_FILE, or with -D "
                + "security.ssl.internal.cert-file=…"
        ),
    ]

    @Test(arguments: forms + rules)
    func `a setting that is wrong is refused with a sentence`(wrong: Case) throws {
        let (exit, text) = try DaemonFolder().refusal(wrong.daemon, wrong.words)
        #expect(exit == 2)
        #expect(text == "error: \(wrong.message)\n")
    }

    @Test(arguments: ["cluster.token-file", "rest.token-file"])
    func `a file without the secret that it is for is refused with its name`(key: String) throws {
        let folder = try DaemonFolder()
        let file = try folder.write("token", "\n")
        let empty = try folder.refusal(.jobManager, ["-D", "\(key)=\(file)"])
        #expect(empty.exit == 2)
        #expect(empty.text == "error: The file '\(file)' of '\(key)' is empty.\n")
        let missing = try folder.refusal(.jobManager, ["-D", "\(key)=\(file)-not"])
        #expect(missing.exit == 2)
        #expect(missing.text.hasPrefix("error: The file '\(file)-not' cannot be read: "))
    }

    @Test(arguments: [Daemon.jobManager, .taskManager])
    func `a word that nobody knows is refused with the usage`(daemon: Daemon) throws {
        let (exit, text) = try DaemonFolder().refusal(daemon, ["--port", "1"])
        #expect(exit == 2)
        #expect(text.contains("Unknown option '--port'"), "\(text)")
        #expect(text.contains("Usage: \(daemon.rawValue)"), "\(text)")
    }
}
