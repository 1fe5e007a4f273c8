import Columnar
import Core

/// Checks of the server that have nothing to do with one table.
package struct ServerChecks {
    let connection: PostgresConnection
    let options: CaptureOptions

    private func refuse(_ message: String) -> PostgresError {
        PostgresError(blame: .user, message)
    }

    /// Throws a sentence that says what is missing and how to put it right.
    func run() throws(PostgresError) {
        let place = options.address
        try Self.checkVersion(connection.serverVersion, place)
        let facts = try connection.execute(
            """
            SELECT pg_catalog.current_setting('wal_level'),
                   pg_catalog.pg_is_in_recovery(),
                   (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles
                    WHERE rolname = current_user)
            """
        )
        if facts.text(0, 0) != "logical" {
            throw refuse(
                """
                The PostgreSQL server at \(place) has wal_level = \(facts.text(0, 0) ?? "?"), but \
                capturing changes needs wal_level = logical. Run: ALTER SYSTEM SET wal_level = \
                logical; and restart the server.
                """
            )
        }
        if facts.bool(0, 1) {
            throw refuse(
                """
                The PostgreSQL server at \(place) is a standby. Capture from the primary: slots \
                and publications can only be made there.
                """
            )
        }
        if !facts.bool(0, 2) {
            throw refuse(
                """
                User '\(place.user)' may not replicate from \(place). Run: \
                ALTER ROLE \(SQLText.identifier(place.user)) REPLICATION;
                """
            )
        }
    }
}

extension ServerChecks {
    /// Refuses servers that are older than what captures are tested with.
    ///
    /// - Parameters:
    ///   - version: as the server says it: 150004 is 15.4.
    ///   - place: for the message.
    /// - Throws: a sentence with the oldest version that will do.
    package static func checkVersion(
        _ version: Int,
        _ place: PostgresAddress
    ) throws(PostgresError) {
        guard version / 10_000 < CaptureLimits.oldestServer else { return }
        throw PostgresError(
            blame: .user,
            """
            PostgreSQL \(version / 10_000) at \(place) is too old to capture from: version \
            \(CaptureLimits.oldestServer) or later is needed.
            """
        )
    }
}

/// Checks of one captured table against what the script declares.
struct TableChecks {
    let table: CapturedTable
    let connection: PostgresConnection
    let catalog: ServerCatalog

    private func refuse(_ message: String) -> PostgresError {
        PostgresError(blame: .user, message)
    }

    /// The table as the server has it.
    ///
    /// - Throws: a sentence that says what is wrong and how to put it right.
    func run() throws(PostgresError) -> ServerTable {
        let schema = table.options.schemaName
        let name = table.options.tableName
        guard let server = try catalog.table(schema, name) else {
            let names = try catalog.tableNames(schema)
            throw refuse(
                """
                Table \(table.qualifiedName) of '\(table.definition.path)' does not exist in \
                \(table.options.address).\(NearestName.hint(name, in: names))
                """
            )
        }
        guard server.canSelect else {
            let user = SQLText.identifier(table.options.address.user)
            throw refuse(
                """
                User '\(table.options.address.user)' may not read table \(server.qualifiedName). \
                Run: GRANT USAGE ON SCHEMA \(SQLText.identifier(schema)) TO \(user); \
                GRANT SELECT ON \(server.qualifiedName) TO \(user);
                """
            )
        }
        if server.hidesRows {
            throw refuse(
                """
                Row security hides rows of table \(server.qualifiedName) from user \
                '\(table.options.address.user)', but not from replication: the snapshot would \
                lack rows. Run: ALTER ROLE \
                \(SQLText.identifier(table.options.address.user)) BYPASSRLS;
                """
            )
        }
        for index in table.readColumns {
            try check(table.definition.columns[index].name, index, server)
        }
        try checkIdentity(server)
        try checkChunkKey(server)
        return server
    }

    private func check(
        _ name: String,
        _ index: Int,
        _ server: ServerTable
    ) throws(PostgresError) {
        let declared = table.definition.columns[index].type
        guard let column = server.column(name) else {
            throw refuse(
                """
                Column '\(name)' of '\(table.definition.path)' does not exist in table \
                \(server.qualifiedName).\
                \(NearestName.hint(name, in: server.columns.map(\.name)))
                Declared columns: [\(table.definition.columns.filter { $0.metadataKey == nil }
                    .map { "\($0.name): \($0.type)" }.joined(separator: ", "))]
                Table's columns:  [\(server.columns.map { "\($0.name): \($0.type.name)" }
                    .joined(separator: ", "))]
                """
            )
        }
        if FieldBuilder.make(declared, column.type.family) == nil {
            throw refuse(
                """
                Column '\(name)' of '\(table.definition.path)' is declared \(declared), but in \
                table \(server.qualifiedName) it is \(column.type.name), which that cannot hold. \
                Declare it \(column.type.suggestion).
                """
            )
        }
        if column.isGenerated, table.options.startupMode != .snapshot {
            throw refuse(
                """
                Column '\(name)' of table \(server.qualifiedName) is generated, and PostgreSQL \
                does not replicate generated columns. Leave it out of '\(table.definition.path)', \
                or declare it there as a computed column: \(name) AS ….
                """
            )
        }
    }

    private func checkIdentity(_ server: ServerTable) throws(PostgresError) {
        if table.options.startupMode == .snapshot { return }
        let full = "ALTER TABLE \(server.qualifiedName) REPLICA IDENTITY FULL;"
        if server.replicaIdentity == "n" {
            throw refuse(
                """
                Table \(server.qualifiedName) has REPLICA IDENTITY NOTHING: its updates and \
                deletes cannot be captured. Run: \(full)
                """
            )
        }
        try checkPublishable(server)
        if table.options.isAllChanges {
            try checkFull(server, full)
        } else {
            try checkDeclaredKey(server, full)
        }
    }

    /// Once a table without a replica identity is published, the server refuses its users' updates.
    private func checkPublishable(_ server: ServerTable) throws(PostgresError) {
        if let bare = server.partitions.first(where: { $0.identity == "n" }) {
            throw refuse(
                """
                Partition \(bare.name) of table \(server.qualifiedName) has REPLICA IDENTITY \
                NOTHING: its updates and deletes cannot be captured. Run: ALTER TABLE \
                \(bare.name) REPLICA IDENTITY DEFAULT;
                """
            )
        }
        guard !table.options.isAllChanges, !server.deferrableKey.isEmpty else { return }
        guard
            server.replicaIdentity == "d"
                || Set(server.deferrableKey) == Set(table.primaryKeyNames)
        else { return }
        throw refuse(
            """
            Table \(server.qualifiedName) has \(server.keyText), which does not tell rows apart \
            within a transaction and is no replica identity. Make the key NOT DEFERRABLE, or run: \
            ALTER TABLE \(server.qualifiedName) REPLICA IDENTITY FULL; and declare no PRIMARY KEY.
            """
        )
    }

    /// Mode `all` needs the whole row before each change.
    private func checkFull(_ server: ServerTable, _ full: String) throws(PostgresError) {
        if server.replicaIdentity == "f", server.partitionsNotFull.isEmpty { return }
        let alters =
            server.partitionsNotFull.isEmpty
            ? full
            : server.partitionsNotFull.map { "ALTER TABLE \($0) REPLICA IDENTITY FULL;" }
                .joined(separator: " ")
        if server.isPartitioned, server.partitionsNotFull.isEmpty { return }
        throw refuse(
            """
            Table \(server.qualifiedName) does not keep whole rows before changes, which \
            'changelog-mode' = 'all' needs. Run: \(alters)
            Or declare PRIMARY KEY (…) NOT ENFORCED and set 'changelog-mode' = 'upsert'.
            """
        )
    }

    /// Mode `upsert` needs the declared key to be what the server tells changed rows apart by.
    private func checkDeclaredKey(_ server: ServerTable, _ full: String) throws(PostgresError) {
        let declared = table.primaryKeyNames
        let list = declared.joined(separator: ", ")
        switch server.replicaIdentity {
        case "f":
            let keys = [server.primaryKey] + server.uniqueKeys
            if keys.contains(where: { Set($0) == Set(declared) }) { return }
            throw refuse(
                """
                '\(table.definition.path)' declares PRIMARY KEY (\(list)), but table \
                \(server.qualifiedName) has \(server.keyText) and no unique index on those \
                columns. Declare the table's own key.
                """
            )
        case "i":
            if Set(server.identityKey) == Set(declared) { return }
            throw refuse(
                """
                '\(table.definition.path)' declares PRIMARY KEY (\(list)), but the replica \
                identity of table \(server.qualifiedName) is the index on \
                (\(server.identityKey.joined(separator: ", "))): its deletes carry no other \
                columns. Declare that key, or run: \(full)
                """
            )
        default:
            if !server.primaryKey.isEmpty, Set(server.primaryKey) == Set(declared) { return }
            throw refuse(
                """
                '\(table.definition.path)' declares PRIMARY KEY (\(list)), but table \
                \(server.qualifiedName) has \(server.keyText). Declare the table's own key, or \
                run: \(full)
                """
            )
        }
    }

    private func checkChunkKey(_ server: ServerTable) throws(PostgresError) {
        guard let column = table.options.chunkKeyColumn else { return }
        let key = server.changeKey(declared: table.primaryKeyNames)
        guard key.contains(column) else {
            throw refuse(
                """
                'scan.incremental.snapshot.chunk.key-column' = '\(column)' is not a column of the \
                key of table \(server.qualifiedName): (\(key.joined(separator: ", "))).\
                \(NearestName.hint(column, in: key))
                """
            )
        }
    }

    /// The columns to cut the table by; empty: the table is read in one piece.
    func chunkKeys(_ server: ServerTable) -> [KeyColumn] {
        var names = server.changeKey(declared: table.primaryKeyNames)
        if let first = table.options.chunkKeyColumn, names.contains(first) {
            names = [first] + names.filter { $0 != first }
        }
        return names.compactMap { server.column($0).map { KeyColumn($0) } }
    }
}
