package import Columnar
package import Connectors
import Core

/// Where a capture begins when it does not start from a checkpoint.
package enum StartupMode: String, Sendable, CaseIterable, Codable {
    /// All rows as they are, then the changes.
    case initial
    /// The changes from now on.
    case latestOffset = "latest-offset"
    /// The changes that the slot has not been told to forget.
    case committedOffset = "committed-offset"
    /// All rows as they are, then the end.
    case snapshot
}

/// What to do with a TRUNCATE of a captured table.
package enum TruncateMode: String, Sendable, CaseIterable {
    case fail
    case ignore
}

/// The options of one `postgres-cdc` table, named as in Flink CDC.
package struct CaptureOptions: Sendable {
    package var address: PostgresAddress
    package var schemaName = "public"
    package var tableName = ""
    /// Nil: made from the job's id.
    package var slotName: String?
    /// Nil: the slot's name.
    package var publicationName: String?
    package var publicationMode = PublicationMode.filtered
    /// Whether every update carries the row before it; else updates and deletes go by key.
    package var isAllChanges = true
    package var startupMode = StartupMode.initial
    package var chunkRows = 8096
    package var chunkKeyColumn: String?
    package var fetchRows = 1024
    package var connectTimeoutMicroseconds: Int64 = 30_000_000
    package var connectRetriesMax = 3
    package var heartbeatMicroseconds: Int64 = 30_000_000
    package var truncateMode = TruncateMode.fail

    /// Who makes the publication.
    package enum PublicationMode: String, Sendable, CaseIterable {
        /// We make it for the tables of the job, and add tables to it.
        case filtered
        /// We make it for all tables.
        case allTables = "all_tables"
        /// It has to be there.
        case disabled
    }

    /// Tables with an equal key share one slot.
    package var sharingKey: String {
        "\(address.host):\(address.port)/\(address.database)#\(slotName ?? "")"
    }

    /// The table's name as PostgreSQL writes it.
    package var qualifiedName: String { SQLText.identifier(schemaName, tableName) }

    /// Reads and checks the options of a declared table.
    package init(_ table: TableDefinition) throws(ConnectorError) {
        var options = TableOptions(table)
        address = try Self.address(&options)
        schemaName = options.text("schema-name") ?? "public"
        tableName = try options.required("table-name")
        slotName = options.text("slot.name")
        if let slotName { try Self.checkSlotName(slotName, options) }
        try Self.checkPlugin(&options)
        let mode = try options.choice(
            "changelog-mode",
            of: ["all", "upsert"],
            default: table.primaryKey.isEmpty ? "all" : "upsert"
        )
        isAllChanges = mode == "all"
        if !isAllChanges, table.primaryKey.isEmpty {
            throw options.invalid(
                "changelog-mode",
                "upsert",
                "It needs a declared key: PRIMARY KEY (…) NOT ENFORCED."
            )
        }
        try readStartup(&options)
        try readTuning(&options)
        try readDebezium(&options)
        try options.finish(known: PostgresCDCFactory.optionList)
    }

    private static func address(
        _ options: inout TableOptions
    ) throws(ConnectorError) -> PostgresAddress {
        let user = options.text("username")
        let password = options.text("password")
        if let url = options.text("url") {
            for key in ["hostname", "port", "database-name"] where options.text(key) != nil {
                throw options.invalid(key, options.text(key) ?? "", "'url' already says it.")
            }
            let address: PostgresAddress
            do throws(PostgresError) {
                address = try PostgresAddress(url: url)
            } catch {
                throw error.connectorError
            }
            return address.with("user", user).with("password", password)
        }
        let host = try options.required("hostname")
        guard let user else {
            _ = try options.required("username")
            preconditionFailure("a missing option has been thrown")
        }
        return PostgresAddress(
            host: host,
            port: try options.integer("port", in: 1...65_535) ?? 5432,
            database: try options.required("database-name"),
            user: user,
            password: password
        )
    }

    private static func checkSlotName(
        _ name: String,
        _ options: TableOptions
    ) throws(ConnectorError) {
        let isValid = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_")
        }
        guard isValid, (1...63).contains(name.utf8.count) else {
            throw options.invalid(
                "slot.name",
                name,
                "A slot's name has 1 to 63 lower-case letters, digits and underscores."
            )
        }
    }

    private static func checkPlugin(_ options: inout TableOptions) throws(ConnectorError) {
        guard let plugin = options.text("decoding.plugin.name"), plugin != "pgoutput" else {
            return
        }
        throw options.invalid(
            "decoding.plugin.name",
            plugin,
            """
            Only 'pgoutput' can be read: it is part of every PostgreSQL server since version 10, \
            so that nothing has to be installed there. Remove the option or set it to 'pgoutput'.
            """
        )
    }

    private mutating func readStartup(_ options: inout TableOptions) throws(ConnectorError) {
        if let word = options.text("debezium.snapshot.mode"), word == "never" {
            startupMode = .latestOffset
        } else if options.text("debezium.snapshot.mode") == "initial_only" {
            startupMode = .snapshot
        }
        guard let word = options.text("scan.startup.mode") else { return }
        let aliases = ["never-snapshot": "latest-offset", "never": "latest-offset"]
        guard let mode = StartupMode(rawValue: aliases[word] ?? word) else {
            let words = StartupMode.allCases.map(\.rawValue)
            throw options.invalid(
                "scan.startup.mode",
                word,
                "Expected one of: [\(words.joined(separator: ", "))]."
                    + NearestName.hint(word, in: words)
            )
        }
        startupMode = mode
    }

    private mutating func readTuning(_ options: inout TableOptions) throws(ConnectorError) {
        let chunkKey = "scan.incremental.snapshot.chunk.size"
        chunkRows = try options.integer(chunkKey, in: 2...10_000_000) ?? 8096
        chunkKeyColumn = options.text("scan.incremental.snapshot.chunk.key-column")
        fetchRows = try options.integer("scan.snapshot.fetch.size", in: 1...1_000_000) ?? 1024
        connectTimeoutMicroseconds =
            try options.microseconds("connect.timeout") ?? 30_000_000
        connectRetriesMax = try options.integer("connect.max-retries") ?? 3
        let heartbeat = try options.microseconds("heartbeat.interval.ms")
        // As in Debezium, 0 turns heartbeats off.
        heartbeatMicroseconds = heartbeat == 0 ? .max / 4 : heartbeat ?? 30_000_000
        let truncate = try options.choice(
            "scan.truncate",
            of: TruncateMode.allCases.map(\.rawValue),
            default: "fail"
        )
        truncateMode = TruncateMode(rawValue: truncate) ?? .fail
        for key in PostgresCDCFactory.ignoredOptions { _ = options.text(key) }
    }

    private mutating func readDebezium(_ options: inout TableOptions) throws(ConnectorError) {
        publicationName = options.text("debezium.publication.name")
        let mode = try options.choice(
            "debezium.publication.autocreate.mode",
            of: PublicationMode.allCases.map(\.rawValue),
            default: PublicationMode.filtered.rawValue
        )
        publicationMode = PublicationMode(rawValue: mode) ?? .filtered
        if let name = options.text("debezium.slot.name") { slotName = slotName ?? name }
        for (key, _) in options.prefixed("debezium.").sorted(by: { $0.key < $1.key })
        where !PostgresCDCFactory.debeziumOptions.contains(key) {
            throw ConnectorError(
                blame: .user,
                """
                The option 'debezium.\(key)' cannot be used: no Debezium runs here, capture reads \
                the replication stream itself. Known are: \
                \(PostgresCDCFactory.debeziumOptions.map { "debezium." + $0 }
                    .joined(separator: ", ")).\
                \(NearestName.hint(key, in: PostgresCDCFactory.debeziumOptions))
                """
            )
        }
    }
}
