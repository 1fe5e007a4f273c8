package import Columnar
package import Connectors
import Core

/// The `postgres-cdc` connector: tables of a PostgreSQL database and their changes.
package struct PostgresCDCFactory: ConnectorFactory {
    package init() {}

    package var identifier: String { "postgres-cdc" }
    package var canRead: Bool { true }
    package var canWrite: Bool { false }
    package var options: [OptionDescription] { Self.optionList }

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        CaptureSource(table, try CaptureOptions(table))
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        CaptureEnumerator(try CaptureGroup(requests), context)
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        CaptureReader(try CaptureGroup(requests), context)
    }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        throw notASink()
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        throw notASink()
    }

    private func notASink() -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Connector 'postgres-cdc' can only be used as a source. It cannot be used as a sink; \
            write to PostgreSQL with 'connector' = 'jdbc'.
            """
        )
    }
}

extension PostgresCDCFactory {
    static let optionList: [OptionDescription] =
        [
            OptionDescription(
                "url",
                "The server as 'postgres://host:port/database' or 'jdbc:postgresql://…?sslmode=…'; "
                    + "stands for hostname, port and database-name."
            ),
            OptionDescription("hostname", "The server's name or address."),
            OptionDescription("port", default: "5432", "The server's port."),
            OptionDescription("username", "The user to log in as; needs REPLICATION and SELECT."),
            OptionDescription("password", "The user's password."),
            OptionDescription("database-name", "The database."),
            OptionDescription("schema-name", default: "public", "The table's schema."),
            OptionDescription("table-name", required: true, "The table."),
            OptionDescription(
                "slot.name",
                "The replication slot; tables that name the same one share it. "
                    + "By default one for each job and database."
            ),
            OptionDescription("decoding.plugin.name", default: "pgoutput", "Only 'pgoutput'."),
            OptionDescription(
                "changelog-mode",
                "'all': updates carry the row before them (needs REPLICA IDENTITY FULL); 'upsert': "
                    + "changes go by the declared primary key. Default: 'upsert' with a key."
            ),
            OptionDescription(
                "scan.startup.mode",
                default: "initial",
                "'initial', 'latest-offset' (or 'never-snapshot'), 'committed-offset' or 'snapshot'."
            ),
            OptionDescription(
                "scan.incremental.snapshot.chunk.size",
                default: "8096",
                "Rows of a snapshot chunk; grows for tables of more than 1,024 chunks."
            ),
            OptionDescription(
                "scan.incremental.snapshot.chunk.key-column",
                "The primary key column to cut chunks by; the first one by default."
            ),
            OptionDescription(
                "scan.snapshot.fetch.size",
                default: "1024",
                "Rows that the snapshot fetches at a time."
            ),
            OptionDescription("connect.timeout", default: "30 s", "The longest wait for a login."),
            OptionDescription(
                "connect.max-retries",
                default: "3",
                "Attempts after a failed one, with growing pauses, before the job's restart policy."
            ),
            OptionDescription(
                "heartbeat.interval.ms",
                default: "30 s",
                "How often the server is asked for its position, so that an idle slot advances."
            ),
            OptionDescription(
                "scan.truncate",
                default: "fail",
                "A TRUNCATE stops the job ('fail') or leaves the rows downstream ('ignore')."
            ),
            OptionDescription(
                "debezium.publication.name",
                "The publication; by default named like the slot."
            ),
            OptionDescription(
                "debezium.publication.autocreate.mode",
                default: "filtered",
                "'filtered': made for the job's tables; 'all_tables'; 'disabled': must be there."
            ),
        ]
        + ignoredOptions.map {
            OptionDescription($0, "Accepted for Flink CDC's sake; has no effect.")
        }

    /// Options of Flink CDC that tune what works otherwise here.
    static let ignoredOptions = [
        "scan.incremental.snapshot.enabled", "chunk-meta.group.size", "connection.pool.size",
        "chunk-key.even-distribution.factor.upper-bound",
        "chunk-key.even-distribution.factor.lower-bound",
        "scan.incremental.close-idle-reader.enabled",
        "scan.incremental.snapshot.backfill.skip", "scan.lsn-commit.checkpoints-num-delay",
        "scan.incremental.snapshot.unbounded-chunk-first.enabled",
        "scan.include-partitioned-tables.enabled", "scan.parallelism",
    ]

    /// Options of Debezium that have a meaning here.
    static let debeziumOptions = [
        "publication.name", "publication.autocreate.mode", "slot.name", "snapshot.mode",
    ]
}

/// A table of `postgres-cdc` as the planner sees it.
struct CaptureSource: TableSource {
    private let table: TableDefinition
    private let options: CaptureOptions

    init(_ table: TableDefinition, _ options: CaptureOptions) {
        self.table = table
        self.options = options
    }

    var changelogMode: ChangelogMode {
        if options.startupMode == .snapshot { return .append }
        return options.isAllChanges ? .retract : .upsert
    }

    var isBounded: Bool { options.startupMode == .snapshot }

    var metadata: [RowField] { CaptureMetadata.fields }

    var sharingKey: String? { options.sharingKey }
}

/// What can be read of a row beside its columns; names and types as in Flink CDC.
enum CaptureMetadata: String, CaseIterable, Sendable {
    case tableName = "table_name"
    case schemaName = "schema_name"
    case databaseName = "database_name"
    /// When the change was committed; the epoch for rows of the snapshot.
    case changeTime = "op_ts"
    /// `+I`, `-U`, `+U` or `-D`.
    case rowKind = "row_kind"
    /// Where the change's transaction was committed; 0 for rows of the snapshot.
    case lsn
    /// Which declared columns hold an unchanged value that the server did not send: bit *i & 7*
    /// of byte *i >> 3* for column *i*; NULL when there is none.
    case unchanged = "$unchanged"

    var type: DataType {
        switch self {
        case .tableName, .schemaName, .databaseName, .rowKind: DataType.string.notNull
        case .changeTime: DataType.timestampLTZ(3).notNull
        case .lsn: DataType.bigint.notNull
        case .unchanged: .bytes
        }
    }

    static let fields = allCases.map { RowField($0.rawValue, $0.type) }
}
