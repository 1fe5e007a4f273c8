package import Columnar
package import Connectors
import Core

/// The `jdbc` connector: delivers rows into a PostgreSQL table, exactly once.
package struct JdbcFactory: ConnectorFactory {
    package init() {}

    package var identifier: String { "jdbc" }
    package var canRead: Bool { false }
    package var canWrite: Bool { true }
    package var options: [OptionDescription] { Self.optionList }

    /// What Flink says when rows change and no key tells which.
    package static let missingKeyMessage =
        "Please declare primary key for sink table when query contains update/delete record."

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        throw notASource()
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        throw notASource()
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        throw notASource()
    }

    private func notASource() -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Connector 'jdbc' can only be used as a sink. It cannot be used as a source; read from \
            PostgreSQL with 'connector' = 'postgres-cdc' (with 'scan.startup.mode' = 'snapshot' \
            for the rows as they are).
            """
        )
    }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        let options = try JdbcOptions(table)
        for column in table.columns where column.metadataKey != nil {
            throw ConnectorError(
                blame: .user,
                """
                Table '\(table.path)' declares the metadata column '\(column.name)', but the \
                connector 'jdbc' has no metadata.
                """
            )
        }
        return JdbcSink(hasKey: !table.primaryKey.isEmpty, commitMode: options.commitMode)
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        try JdbcWriter(table, try JdbcOptions(table), context)
    }

    static let optionList: [OptionDescription] = [
        OptionDescription(
            "url",
            required: true,
            "The server as 'jdbc:postgresql://host:port/database?sslmode=…'."
        ),
        OptionDescription("table-name", required: true, "The table, as 'schema.table' or 'table'."),
        OptionDescription("username", "The user to log in as."),
        OptionDescription("password", "The user's password."),
        OptionDescription("driver", "Accepted for Flink's sake; has no effect."),
        OptionDescription("compatible-mode", "Accepted for Flink's sake; has no effect."),
        OptionDescription(
            "sink.commit-mode",
            default: "checkpoint",
            "'checkpoint': rows of an epoch are written in one transaction when its checkpoint is "
                + "complete; 'immediate': at once, and taken back after a crash."
        ),
        OptionDescription(
            "sink.buffer-flush.max-rows",
            default: "5000",
            "Rows that are written together."
        ),
        OptionDescription(
            "sink.buffer-flush.interval",
            default: "1 s",
            "Accepted for Flink's sake: rows are written when no more are waiting."
        ),
        OptionDescription(
            "sink.max-retries",
            default: "3",
            "Attempts after a failed one, with growing pauses, before the job's restart policy."
        ),
        OptionDescription(
            "sink.parallelism",
            "Accepted for Flink's sake: there is one writer for each slot of the job."
        ),
        OptionDescription(
            "connection.max-retry-timeout",
            default: "60 s",
            "The longest wait for a login."
        ),
        OptionDescription(
            "sink.epoch-buffer.max-bytes",
            default: "64 mb",
            "Rows of an epoch kept in memory; more go to disk."
        ),
        OptionDescription(
            "sink.bookkeeping-schema",
            "The schema of apus_sink_epochs and apus_sink_undo; the table's own by default."
        ),
    ]
}

/// A `jdbc` table as the planner sees it.
struct JdbcSink: TableSink {
    let hasKey: Bool
    let commitMode: CommitMode

    var metadata: [RowField] { [] }

    func requirements(for query: ChangelogMode) -> SinkRequirements {
        guard hasKey else {
            return SinkRequirements(
                changelogMode: .append,
                takesKeyOnlyDeletes: false,
                guarantee: "exactly once: rows and epoch marker commit in one transaction",
                keyHint: JdbcFactory.missingKeyMessage
            )
        }
        let guarantee =
            commitMode == .checkpoint
            ? "exactly once: rows and epoch marker commit in one transaction"
            : "exactly once after recovery: rows are visible at once, and taken back after a crash"
        return SinkRequirements(
            changelogMode: .upsert,
            takesKeyOnlyDeletes: true,
            guarantee: guarantee
        )
    }
}
