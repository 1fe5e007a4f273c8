import Core
package import PostgresConnector

/// Writes the changes of a generator to a PostgreSQL database, pipelined; used by one thread.
package struct DatabaseWriter {
    private let connection: PostgresConnection
    private let address: PostgresAddress
    private let templates: [ChangeTemplate]
    private let tables: [GeneratedTable]
    private let resumeQueries: [String]

    /// Connects; the tables are touched by `prepare` only.
    package init(
        _ address: PostgresAddress,
        for generator: any ChangeGenerator.Type
    ) throws(GeneratorError) {
        self.address = address
        templates = generator.templates
        tables = generator.tables
        resumeQueries = generator.resumeQueries
        do throws(PostgresError) {
            connection = try PostgresConnection.connect(
                address,
                applicationName: "jobctl generate"
            )
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
    }

    /// Drops and makes the tables if that is wanted, checks them, and prepares the statements.
    package func prepare(dropping: Bool, creating: Bool) throws(GeneratorError) {
        if dropping {
            for table in tables { try run(table.dropStatement) }
        }
        if creating {
            for table in tables { try run(table.createStatement) }
        }
        for table in tables { try check(table) }
        do throws(PostgresError) {
            for (index, template) in templates.enumerated() {
                try connection.prepare(Self.name(index), template.sql)
            }
            try connection.prepare("apus_begin", "BEGIN")
            try connection.prepare("apus_commit", "COMMIT")
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
    }

    private static func name(_ template: Int) -> String { "apus_change_\(template)" }

    private func run(_ sql: String) throws(GeneratorError) {
        do throws(PostgresError) {
            try connection.execute(sql)
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
    }

    /// Refuses a table that is not there, or that has the name but not the columns.
    private func check(_ table: GeneratedTable) throws(GeneratorError) {
        let found: Set<String>
        do throws(PostgresError) {
            let result = try connection.query(
                "SELECT attname FROM pg_attribute "
                    + "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                [table.name]
            )
            found = Set((0..<result.rowCount).compactMap { result.text($0, 0) })
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
        if found.isEmpty {
            throw GeneratorError(
                blame: .user,
                "There is no table '\(table.name)' in \(address): --create makes the tables."
            )
        }
        let missing = table.columns.map(\.name).filter { !found.contains($0) }
        guard missing.isEmpty else {
            throw GeneratorError(
                blame: .user,
                """
                The table '\(table.name)' in \(address) has no column '\(missing[0])': it is not \
                the one that this generator fills. Use another database or schema, or replace the \
                table with --drop --create.
                """
            )
        }
    }

    /// What the tables hold, for the generator to go on from.
    package func resumeState() throws(GeneratorError) -> [[[Int64?]]] {
        do throws(PostgresError) {
            var results: [[[Int64?]]] = []
            for query in resumeQueries {
                let result = try connection.execute(query)
                results.append(
                    (0..<result.rowCount).map { row in
                        (0..<result.columnCount).map { column in
                            result.integer(row, column).map { Int64($0) }
                        }
                    }
                )
            }
            return results
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
    }

    /// Commits transactions one after the other, without waiting in between.
    package func apply(_ transactions: [[RowChange]]) throws(GeneratorError) {
        var statements: [PipelineStatement] = []
        for changes in transactions {
            statements.append(PipelineStatement("BEGIN", preparedName: "apus_begin"))
            for change in changes {
                statements.append(
                    PipelineStatement(
                        templates[change.template].table,
                        StatementParameters(change.values),
                        preparedName: Self.name(change.template)
                    )
                )
            }
            statements.append(PipelineStatement("COMMIT", preparedName: "apus_commit"))
        }
        let results: [PostgresResult]
        do throws(PostgresError) {
            results = try connection.pipeline(statements)
        } catch {
            throw GeneratorError(error, writingTo: address)
        }
        try checkCounts(transactions, results)
    }

    /// Each change has to change exactly its row: another writer may have taken it away.
    private func checkCounts(
        _ transactions: [[RowChange]],
        _ results: [PostgresResult]
    ) throws(GeneratorError) {
        var position = 0
        for changes in transactions {
            position += 1
            for change in changes {
                guard results[position].affectedRows == 1 else {
                    let template = templates[change.template]
                    throw GeneratorError(
                        blame: .external,
                        """
                        A row of '\(template.table)' to \(template.kind.rawValue) is not there: \
                        does another generator write to the same tables?
                        """
                    )
                }
                position += 1
            }
            position += 1
        }
    }
}
