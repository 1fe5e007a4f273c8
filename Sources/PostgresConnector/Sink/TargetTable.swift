import Columnar
import Core

/// The table that rows go to, checked against what the script declares.
struct TargetTable: Sendable {
    let schema: String
    let name: String
    let columns: [TargetColumn]
    /// Positions of the declared key in `columns`.
    let key: [Int]
    /// All columns that hold values, also those that are not written.
    let storedColumns: [String]
    /// Columns that no UPDATE may set (GENERATED ALWAYS AS IDENTITY); looked up for mode
    /// `immediate` only, as the next ones are.
    let fixedColumns: [String]
    /// Columns outside the key in which another index tells rows apart.
    let uniqueColumns: [String]

    var qualifiedName: String { SQLText.identifier(schema, name) }
    /// Columns whose former values only a new row can take.
    ///
    /// The key is none of them: rows of equal keys are the same row, and identities are integers,
    /// whose equals look alike.
    var replacedColumns: [String] {
        let keyNames = key.map { columns[$0].field.name }
        return fixedColumns.filter { !keyNames.contains($0) }
    }
}

/// A column of the target, with the type to cast its values to.
struct TargetColumn: Hashable, Sendable {
    let field: RowField
    /// Without length or precision: a cast must not cut values to them.
    let sqlType: String
    /// Arrays go as text, since `unnest` takes them apart.
    let isArray: Bool

    var quoted: String { SQLText.identifier(field.name) }
    var parameterType: String { isArray ? "text[]" : "\(sqlType)[]" }
}

/// Checks of the target at the start of a writer.
struct TargetChecks {
    let connection: PostgresConnection
    let options: JdbcOptions
    let definition: TableDefinition

    private func refuse(_ message: String) -> PostgresError {
        PostgresError(blame: .user, message)
    }

    private var declaredFields: [RowField] {
        definition.columns.map { RowField($0.name, $0.type) }
    }

    /// The target, or a sentence that says what is wrong and how to put it right.
    func run() throws(PostgresError) -> TargetTable {
        let catalog = ServerCatalog(connection)
        let schema: String
        if let given = options.schemaName {
            schema = given
        } else {
            schema = try connection.execute("SELECT current_schema()").text(0, 0) ?? "public"
        }
        guard let server = try catalog.table(schema, options.tableName) else {
            let names = try catalog.tableNames(schema)
            throw refuse(
                """
                Table \(SQLText.identifier(schema, options.tableName)) of '\(definition.path)' \
                does not exist in \(options.address).\
                \(NearestName.hint(options.tableName, in: names))
                """
            )
        }
        var columns: [TargetColumn] = []
        for field in declaredFields { columns.append(try column(field, server, catalog)) }
        try checkOthers(server)
        try checkKey(server)
        try checkPrivileges(server)
        let special = try specialColumns(server)
        return TargetTable(
            schema: schema,
            name: options.tableName,
            columns: columns,
            key: definition.primaryKey,
            storedColumns: server.columns.filter { !$0.isGenerated }.map(\.name),
            fixedColumns: special.fixed,
            uniqueColumns: special.unique
        )
    }

    /// What has to be known of columns to put rows back.
    private func specialColumns(
        _ server: ServerTable
    ) throws(PostgresError) -> (fixed: [String], unique: [String]) {
        guard options.commitMode == .immediate else { return ([], []) }
        // An index on expressions or on a part of the rows counts for all columns.
        let found = try connection.query(
            """
            SELECT a.attname, a.attidentity = 'a', EXISTS (
                SELECT FROM pg_catalog.pg_index i
                WHERE i.indrelid = a.attrelid AND (i.indisunique OR i.indisexclusion)
                  AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
                       OR a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])))
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """,
            [String(server.oid)]
        )
        let key = Set(definition.primaryKey.map { definition.columns[$0].name })
        func names(_ column: Int) -> [String] {
            (0..<found.rowCount).filter { found.bool($0, column) }
                .compactMap { found.text($0, 0) }
        }
        return (names(1), names(2).filter { !key.contains($0) })
    }

    private func schemas(_ server: ServerTable) -> String {
        """
        Sink's schema:  \(Schema(declaredFields))
        Table's schema: [\(server.columns.map { "\($0.name): \($0.type.name)" }
            .joined(separator: ", "))]
        """
    }

    private func column(
        _ field: RowField,
        _ server: ServerTable,
        _ catalog: ServerCatalog
    ) throws(PostgresError) -> TargetColumn {
        guard let column = server.column(field.name) else {
            throw refuse(
                """
                Column '\(field.name)' of '\(definition.path)' does not exist in table \
                \(server.qualifiedName).\
                \(NearestName.hint(field.name, in: server.columns.map(\.name)))
                \(schemas(server))
                """
            )
        }
        if column.isGenerated {
            throw refuse(
                """
                Column '\(field.name)' of table \(server.qualifiedName) is generated and cannot \
                be written. Leave it out of '\(definition.path)'.
                """
            )
        }
        guard Assignment.isPossible(field.type, column.type.family) else {
            throw refuse(
                """
                Column '\(field.name)' of '\(definition.path)' is \(field.type), but in table \
                \(server.qualifiedName) it is \(column.type.name), which cannot take it.
                \(schemas(server))
                """
            )
        }
        let plain = try catalog.type(column.type.oid, modifier: -1)
        let isArray = if case .array = column.type.family { true } else { false }
        return TargetColumn(field: field, sqlType: plain.name, isArray: isArray)
    }

    /// Columns that we do not write must be able to do without a value.
    private func checkOthers(_ server: ServerTable) throws(PostgresError) {
        let found = try connection.query(
            """
            SELECT attname FROM pg_catalog.pg_attribute
            WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped AND attnotnull
              AND NOT atthasdef AND attidentity = '' ORDER BY attnum
            """,
            [String(server.oid)]
        )
        let written = Set(declaredFields.map(\.name))
        for row in 0..<found.rowCount {
            guard let name = found.text(row, 0), !written.contains(name) else { continue }
            throw refuse(
                """
                Column '\(name)' of table \(server.qualifiedName) is NOT NULL without a default, \
                but '\(definition.path)' does not write it.
                \(schemas(server))
                """
            )
        }
    }

    private func checkKey(_ server: ServerTable) throws(PostgresError) {
        let declared = definition.primaryKey.map { definition.columns[$0].name }
        guard !declared.isEmpty else { return }
        // Rows that we write have no NULL in their key, so that the index may allow it.
        let keys = [server.primaryKey] + server.uniqueIndexes
        guard !keys.contains(where: { Set($0) == Set(declared) }) else { return }
        let list = declared.map { SQLText.identifier($0) }.joined(separator: ", ")
        throw refuse(
            """
            '\(definition.path)' declares PRIMARY KEY (\(declared.joined(separator: ", "))), but \
            table \(server.qualifiedName) has \(server.keyText) and no unique index on those columns, so \
            that INSERT … ON CONFLICT cannot find the row to change. Run: \
            ALTER TABLE \(server.qualifiedName) ADD PRIMARY KEY (\(list)); or declare the table's \
            own key.
            """
        )
    }

    private func checkPrivileges(_ server: ServerTable) throws(PostgresError) {
        let wanted =
            definition.primaryKey.isEmpty
            ? ["INSERT"] : ["INSERT", "UPDATE", "DELETE", "SELECT"]
        for privilege in wanted {
            let found = try connection.query(
                """
                SELECT pg_catalog.has_schema_privilege($1, 'USAGE')
                   AND pg_catalog.has_table_privilege($2::oid, $3)
                """,
                [server.schema, String(server.oid), privilege]
            )
            if found.bool(0, 0) { continue }
            let user = SQLText.identifier(options.address.user)
            throw refuse(
                """
                User '\(options.address.user)' may not \(privilege) in table \
                \(server.qualifiedName). Run: GRANT USAGE ON SCHEMA \
                \(SQLText.identifier(server.schema)) TO \(user); GRANT \
                \(wanted.joined(separator: ", ")) ON \(server.qualifiedName) TO \(user);
                """
            )
        }
    }
}

/// Which declared types can be written to which types of the server.
enum Assignment {
    static func isPossible(_ declared: DataType, _ family: ServerType.Family) -> Bool {
        switch declared.kind {
        case .char, .varchar:
            // json, uuid, enums and the like check their text themselves.
            return family == .text
        case .boolean: return family == .boolean
        case .tinyint, .smallint: return number(family, bytes: 2, digits: 5)
        case .integer: return number(family, bytes: 4, digits: 10)
        case .bigint: return number(family, bytes: 8, digits: 19)
        case .float: return family == .float || family == .double || isNumeric(family)
        case .double: return family == .double || isNumeric(family)
        case .decimal(let precision, let scale): return decimal(family, precision, scale)
        case .binary, .varbinary: return family == .bytea
        case .date: return family == .date
        case .time: return family == .time
        case .timestamp: return family == .timestamp
        case .timestampLTZ: return family == .timestampWithZone
        case .array(let element):
            guard case .array(let inner) = family else { return false }
            if case .array = element.kind { return isPossible(element, family) }
            return isPossible(element, inner)
        default: return false
        }
    }

    private static func isNumeric(_ family: ServerType.Family) -> Bool {
        if case .numeric = family { true } else { false }
    }

    private static func number(_ family: ServerType.Family, bytes: Int, digits: Int) -> Bool {
        switch family {
        case .integer(let width): width >= bytes
        case .numeric(nil, _): true
        case .numeric(let precision?, let scale): precision - scale >= digits
        case .double: bytes <= 4
        default: false
        }
    }

    private static func decimal(
        _ family: ServerType.Family,
        _ precision: Int,
        _ scale: Int
    ) -> Bool {
        switch family {
        case .numeric(nil, _): true
        case .numeric(let serverPrecision?, let serverScale):
            serverScale >= scale && serverPrecision - serverScale >= precision - scale
        case .money: scale <= 2 && precision <= 18
        default: false
        }
    }
}
