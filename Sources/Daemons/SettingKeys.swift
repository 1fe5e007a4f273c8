/// The keys of both programs, with the names that Flink's users know where Flink has one.
enum SettingKeys {
    static let shared: [SettingKey] = [
        SettingKey(
            "high-availability.cluster-id",
            "default",
            "The name of the cluster; programs of another one are refused."
        ),
        SettingKey("cluster.token", nil, "The secret that all programs of the cluster share."),
        SettingKey("cluster.token-file", nil, "A file whose first line is the cluster's secret."),
        SettingKey(
            "execution.checkpointing.dir",
            nil,
            "Where checkpoints and the registry of jobs are kept: s3://bucket/prefix or "
                + "file:///path, the same for all programs of the cluster."
        ),
        SettingKey(
            "execution.checkpointing.savepoint-dir",
            nil,
            "Where savepoints go that are not given a place; beside the checkpoints if not given."
        ),
        SettingKey("jobmanager.rpc.port", "6123", "The control port of job managers."),
        SettingKey(
            "security.ssl.internal.enabled",
            "false",
            "Whether programs of the cluster talk TLS and show certificates to each other."
        ),
        SettingKey("security.ssl.internal.cert-file", nil, "The certificate chain, as PEM."),
        SettingKey("security.ssl.internal.key-file", nil, "The certificate's key, as PEM."),
        SettingKey(
            "security.ssl.internal.ca-file",
            nil,
            "The certificates that the others' are signed with, as PEM."
        ),
        SettingKey(
            "security.ssl.internal.verify-hostname",
            "false",
            "Whether a certificate has to name the host that was dialled."
        ),
        SettingKey("log.format", "text", "The form of the log: text or json."),
        SettingKey("rest.token", nil, "What callers of the REST interface have to show."),
        SettingKey("rest.token-file", nil, "A file whose first line is the REST token."),
        SettingKey("security.ssl.rest.cert-file", nil, "The certificate chain for HTTPS, as PEM."),
        SettingKey("security.ssl.rest.key-file", nil, "The key for HTTPS, as PEM."),
    ]

    static let jobManager =
        shared + [
            SettingKey(
                "jobmanager.rpc.address",
                "127.0.0.1",
                "Where task managers reach this job manager."
            ),
            SettingKey(
                "jobmanager.bind-host",
                "127.0.0.1",
                "The address that the control port is bound to."
            ),
            SettingKey(
                "jobmanager.name",
                nil,
                "What operators call this job manager; the host and process if not given."
            ),
            SettingKey(
                "rest.address",
                nil,
                "Where people reach the REST interface: a host, or an URL. The bound address if "
                    + "not given; 'jobmanager.rpc.address' if that is bound to all addresses."
            ),
            SettingKey(
                "rest.bind-address",
                "127.0.0.1",
                "The address that the REST interface is bound to; others than loopback need a "
                    + "token."
            ),
            SettingKey("rest.port", "8081", "The port of the REST interface."),
            SettingKey("parallelism.default", "1", "The slots of jobs that do not say."),
            SettingKey("heartbeat.interval", "2 s", "How often heartbeats are sent."),
            SettingKey(
                "heartbeat.timeout",
                "10 s",
                "After how long without one a task manager is lost."
            ),
            SettingKey(
                "jobstore.expiration-time",
                "3600 s",
                "After how long a job that has ended is forgotten."
            ),
            SettingKey(
                "jobstore.max-capacity",
                nil,
                "How many jobs that have ended are remembered, the newest; any number if not "
                    + "given."
            ),
            SettingKey(
                "task.cancellation.timeout",
                "60 s",
                "How long tasks have to end before their process does."
            ),
            SettingKey(
                "high-availability.lease-duration",
                "15 s",
                "How long a leader is silent before another takes over."
            ),
            SettingKey(
                "high-availability.renew-deadline",
                "10 s",
                "How long a leader goes on that cannot renew its lease."
            ),
            SettingKey(
                "high-availability.retry-period",
                "2 s",
                "How often the lease is renewed and looked at."
            ),
        ]

    static let taskManager =
        shared + [
            SettingKey(
                "jobmanager.rpc.address",
                "127.0.0.1",
                "The job managers, leader and standbys: host or host:port, separated by commas."
            ),
            SettingKey(
                "taskmanager.host",
                "127.0.0.1",
                "Where other task managers reach this one."
            ),
            SettingKey(
                "taskmanager.bind-host",
                "127.0.0.1",
                "The address that the data port is bound to."
            ),
            SettingKey("taskmanager.data.port", "0", "The data port; 0 takes a free one."),
            SettingKey("taskmanager.numberOfTaskSlots", "1", "How many slots it offers."),
            SettingKey(
                "taskmanager.memory.process.size",
                "1g",
                "Everything that it may use, such as 2g."
            ),
            SettingKey(
                "taskmanager.memory.managed.size",
                nil,
                "What of it is for the state tables of all slots; half of it if not given."
            ),
            SettingKey(
                "taskmanager.resource-id",
                nil,
                "Its name in the cluster; host and process if not given. Each run adds a number."
            ),
            SettingKey(
                "io.tmp.dirs",
                nil,
                "A local folder for state databases, which task managers of a machine may share."
            ),
            SettingKey(
                "taskmanager.network.compression.codec",
                "NONE",
                "NONE or LZ4: how rows between task managers are compressed."
            ),
            SettingKey(
                "metrics.bind-address",
                "127.0.0.1",
                "The address that metrics and health are bound to."
            ),
            SettingKey(
                "metrics.port",
                "9249",
                "The port of metrics and health; 0 takes a free one, -1 serves none."
            ),
        ]
}
