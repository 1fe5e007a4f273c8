import Core

/// Makes or checks the publication that a slot streams.
struct PublicationSetup {
    let connection: PostgresConnection
    let options: CaptureOptions
    let name: String
    let report: (String) -> Void

    private struct Publication {
        let isOurs: Bool
        let isForAllTables: Bool
        let isViaRoot: Bool
        let missingOperations: [String]
    }

    private func refuse(_ message: String) -> PostgresError {
        PostgresError(blame: .user, message)
    }

    private var quoted: String { SQLText.identifier(name) }

    /// Sees to it that the publication exists and holds all changes of the tables.
    func run(_ tables: [ServerTable]) throws(PostgresError) {
        guard let found = try find() else {
            try create(tables)
            return
        }
        try check(found, tables)
        try add(tables, to: found)
        try checkFilters(tables)
    }

    /// Checks a publication that a checkpoint was taken with, and changes nothing: a table that is
    /// added now would lack what happened before.
    func checkRestored(_ tables: [ServerTable]) throws(PostgresError) {
        guard let found = try find() else {
            throw refuse(
                """
                Publication \(quoted) does not exist in \(options.address) any more: changes \
                since it was dropped cannot be had. Start the job without a checkpoint: it makes \
                the publication and reads the tables anew.
                """
            )
        }
        try check(found, tables)
        try checkFilters(tables)
    }

    /// Checks a publication for a slot that is read from where it stands, and changes nothing: what
    /// happened to a table before it was added is not in the stream.
    func checkCommitted(
        _ tables: [ServerTable],
        slot: String,
        position: LSN
    ) throws(PostgresError) {
        guard let found = try find() else {
            throw gap("does not exist", statement(tables), slot, position)
        }
        try check(found, tables)
        let missing = try missing(tables, from: found)
        if !missing.isEmpty {
            let names = missing.map(\.qualifiedName).joined(separator: ", ")
            throw gap("does not hold \(names)", addition(missing), slot, position)
        }
        try checkFilters(tables)
    }

    private func gap(
        _ problem: String,
        _ statement: String,
        _ slot: String,
        _ position: LSN
    ) -> PostgresError {
        refuse(
            """
            Publication \(quoted) in \(options.address) \(problem), but 'scan.startup.mode' = \
            'committed-offset' reads on from where replication slot '\(slot)' stands (\(position)): \
            changes between there and now would be left out. If there were none, run: \
            \(statement); and start again. If there were, use 'scan.startup.mode' = 'initial', \
            which reads the tables anew.
            """
        )
    }

    private func check(
        _ found: Publication,
        _ tables: [ServerTable]
    ) throws(PostgresError) {
        if !found.missingOperations.isEmpty {
            throw refuse(
                """
                Publication \(quoted) leaves out \(found.missingOperations
                    .joined(separator: ", ")). Run: ALTER PUBLICATION \(quoted) SET (publish = \
                'insert, update, delete, truncate');
                """
            )
        }
        if let table = tables.first(where: \.isPartitioned), !found.isViaRoot {
            throw refuse(
                """
                Table \(table.qualifiedName) is partitioned, and publication \(quoted) names the \
                partitions in its changes. Run: ALTER PUBLICATION \(quoted) SET \
                (publish_via_partition_root = true);
                """
            )
        }
    }

    private func find() throws(PostgresError) -> Publication? {
        let found = try connection.query(
            """
            SELECT pg_catalog.pg_has_role(pubowner, 'USAGE'), puballtables, pubviaroot,
                   pubinsert, pubupdate, pubdelete, pubtruncate
            FROM pg_catalog.pg_publication WHERE pubname = $1
            """,
            [name]
        )
        guard found.rowCount == 1 else { return nil }
        let operations = ["insert", "update", "delete", "truncate"]
        return Publication(
            isOurs: found.bool(0, 0),
            isForAllTables: found.bool(0, 1),
            isViaRoot: found.bool(0, 2),
            missingOperations: operations.enumerated()
                .filter { !found.bool(0, 3 + $0.offset) }.map(\.element)
        )
    }

    /// The statement that makes the publication.
    private func statement(_ tables: [ServerTable]) -> String {
        let viaRoot =
            tables.contains(where: \.isPartitioned)
            ? " WITH (publish_via_partition_root = true)" : ""
        if options.publicationMode == .allTables {
            return "CREATE PUBLICATION \(quoted) FOR ALL TABLES\(viaRoot)"
        }
        return "CREATE PUBLICATION \(quoted) FOR TABLE \(list(tables))\(viaRoot)"
    }

    private func list(_ tables: [ServerTable]) -> String {
        var seen: Set<String> = []
        return tables.map(\.scanName).filter { seen.insert($0).inserted }.joined(separator: ", ")
    }

    private func create(_ tables: [ServerTable]) throws(PostgresError) {
        let statement = statement(tables)
        guard options.publicationMode != .disabled else {
            throw refuse(
                """
                Publication \(quoted) does not exist in \(options.address), and \
                'debezium.publication.autocreate.mode' = 'disabled' forbids making it. \
                Run: \(statement);
                """
            )
        }
        do {
            try connection.execute(statement)
            report("made publication \(quoted)")
        } catch {
            guard error.sqlState == SQLState.insufficientPrivilege else { throw error }
            throw refuse(
                """
                Publication \(quoted) does not exist in \(options.address), and user \
                '\(options.address.user)' may not make it (\(error.message)). Run as an owner of \
                the tables: \(statement);
                """
            )
        }
    }

    /// The tables that the publication does not hold.
    private func missing(
        _ tables: [ServerTable],
        from found: Publication
    ) throws(PostgresError) -> [ServerTable] {
        if found.isForAllTables { return [] }
        let members = try connection.query(
            "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = $1",
            [name]
        )
        var known: Set<String> = []
        for row in 0..<members.rowCount {
            known.insert(
                SQLText.identifier(members.text(row, 0) ?? "", members.text(row, 1) ?? "")
            )
        }
        return tables.filter { !known.contains($0.qualifiedName) }
    }

    private func addition(_ missing: [ServerTable]) -> String {
        "ALTER PUBLICATION \(quoted) ADD TABLE \(list(missing))"
    }

    private func add(_ tables: [ServerTable], to found: Publication) throws(PostgresError) {
        let missing = try missing(tables, from: found)
        guard !missing.isEmpty else { return }
        let statement = addition(missing)
        guard found.isOurs, options.publicationMode != .disabled else {
            throw refuse(
                """
                Publication \(quoted) does not hold table \(missing[0].qualifiedName), and user \
                '\(options.address.user)' does not own the publication. Run: \(statement);
                """
            )
        }
        do {
            try connection.execute(statement)
            report("added \(list(missing)) to publication \(quoted)")
        } catch {
            guard error.sqlState == SQLState.insufficientPrivilege else { throw error }
            throw refuse(
                """
                Publication \(quoted) does not hold table \(missing[0].qualifiedName), and user \
                '\(options.address.user)' may not add it (\(error.message)). Run as an owner of \
                the table: \(statement);
                """
            )
        }
    }

    /// A row filter or a list of columns would leave out of the stream what the snapshot has.
    private func checkFilters(_ tables: [ServerTable]) throws(PostgresError) {
        guard connection.serverVersion >= 150_000 else { return }
        let lists = try connection.query(
            """
            SELECT r.prrelid FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
            WHERE p.pubname = $1 AND r.prattrs IS NOT NULL
            """,
            [name]
        )
        let listed = Set((0..<lists.rowCount).compactMap { lists.text($0, 0) })
        if let table = tables.first(where: { listed.contains(String($0.oid)) }) {
            throw refuse(
                """
                Publication \(quoted) names the columns of table \(table.qualifiedName) that it \
                publishes, so that changes would lack the others. Run: ALTER PUBLICATION \(quoted) \
                DROP TABLE \(table.qualifiedName), then ADD TABLE without columns.
                """
            )
        }
        let found = try connection.query(
            """
            SELECT r.prrelid FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
            WHERE p.pubname = $1 AND (r.prqual IS NOT NULL)
            """,
            [name]
        )
        let filtered = Set((0..<found.rowCount).compactMap { found.text($0, 0) })
        if let table = tables.first(where: { filtered.contains(String($0.oid)) }) {
            throw refuse(
                """
                Publication \(quoted) filters the rows of table \(table.qualifiedName), so that \
                changes would not fit the snapshot. Run: ALTER PUBLICATION \(quoted) DROP TABLE \
                \(table.qualifiedName), then ADD TABLE without WHERE.
                """
            )
        }
    }
}
