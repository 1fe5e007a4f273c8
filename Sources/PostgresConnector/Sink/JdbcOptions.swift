package import Columnar
package import Connectors
import Core

/// When rows become visible in the target table.
package enum CommitMode: String, Sendable, CaseIterable {
    /// Rows of an epoch together, once its checkpoint is complete.
    case checkpoint
    /// At once; after a crash what came behind the checkpoint is taken back.
    case immediate
}

/// The options of one `jdbc` table, named as in Flink's JDBC connector.
package struct JdbcOptions: Sendable {
    package var address: PostgresAddress
    /// Nil: the connection's own schema.
    package var schemaName: String?
    package var tableName: String
    package var commitMode = CommitMode.checkpoint
    package var flushRowsMax = 5000
    package var retriesMax = 3
    package var retryTimeoutMicroseconds: Int64 = 60_000_000
    package var epochBytesMax = DeliveryLimits.epochBytesMax
    /// Nil: the target table's schema.
    package var bookkeepingSchema: String?

    /// Reads and checks the options of a declared table.
    package init(_ table: TableDefinition) throws(ConnectorError) {
        var options = TableOptions(table)
        let url = try options.required("url")
        guard url.hasPrefix("jdbc:postgresql:") || url.hasPrefix("postgres") else {
            throw options.invalid(
                "url",
                String(url.prefix { $0 != ":" }) + ":…",
                "Only PostgreSQL can be written: 'jdbc:postgresql://host:port/database'."
            )
        }
        let base: PostgresAddress
        do throws(PostgresError) {
            base = try PostgresAddress(url: url)
        } catch {
            throw error.connectorError
        }
        address = base.with("user", options.text("username"))
            .with("password", options.text("password"))
        let name = try options.required("table-name")
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        tableName = parts.last ?? name
        schemaName = parts.count == 2 ? parts[0] : nil
        let mode = try options.choice(
            "sink.commit-mode",
            of: CommitMode.allCases.map(\.rawValue),
            default: CommitMode.checkpoint.rawValue
        )
        commitMode = CommitMode(rawValue: mode) ?? .checkpoint
        flushRowsMax = max(1, try options.integer("sink.buffer-flush.max-rows") ?? 5000)
        _ = try options.microseconds("sink.buffer-flush.interval")
        retriesMax = try options.integer("sink.max-retries") ?? 3
        _ = try options.integer("sink.parallelism", in: 1...32_768)
        let timeout = try options.microseconds("connection.max-retry-timeout")
        retryTimeoutMicroseconds = timeout ?? 60_000_000
        let bytes = try options.bytes("sink.epoch-buffer.max-bytes")
        epochBytesMax = max(4096, bytes ?? DeliveryLimits.epochBytesMax)
        bookkeepingSchema = options.text("sink.bookkeeping-schema")
        for key in ["driver", "compatible-mode"] { _ = options.text(key) }
        try options.finish(known: JdbcFactory.optionList)
        if commitMode == .immediate, table.primaryKey.isEmpty {
            throw options.invalid(
                "sink.commit-mode",
                "immediate",
                """
                It needs a declared PRIMARY KEY (…) NOT ENFORCED: rows that came behind the last \
                checkpoint are taken back by their key after a crash, and rows without a key \
                would be there twice. Declare a key, or use 'checkpoint'.
                """
            )
        }
    }
}
