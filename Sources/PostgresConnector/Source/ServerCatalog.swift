import Core

/// Reads what we need to know of tables and types from the server's catalog.
final class ServerCatalog {
    private let connection: PostgresConnection
    private var types: [TypeKey: ServerType] = [:]

    private struct TypeKey: Hashable {
        let oid: UInt32
        let modifier: Int32
    }

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// A table, or nil when there is none of that name.
    func table(_ schema: String, _ name: String) throws(PostgresError) -> ServerTable? {
        let found = try connection.query(
            """
            SELECT c.oid, c.relkind = 'p', c.relreplident,
                   coalesce(pg_catalog.row_security_active(c.oid), false),
                   pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                       AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
            """,
            [schema, name]
        )
        guard found.rowCount == 1, let oidText = found.text(0, 0), let oid = UInt32(oidText)
        else { return nil }
        let indexes = try indexes(oid)
        let columns = try columns(oid)
        return ServerTable(
            oid: oid,
            schema: schema,
            name: name,
            isPartitioned: found.bool(0, 1),
            replicaIdentity: found.text(0, 2) ?? "d",
            hidesRows: found.bool(0, 3),
            canSelect: found.bool(0, 4),
            columns: columns,
            primaryKey: indexes.first { $0.isPrimary && $0.isImmediate }?.columns ?? [],
            deferrableKey: indexes.first { $0.isPrimary && !$0.isImmediate }?.columns ?? [],
            identityKey: indexes.first { $0.isIdentity }?.columns ?? [],
            uniqueIndexes: indexes.filter(\.isUnique).map(\.columns),
            partitions: found.bool(0, 1) ? try partitions(oid) : []
        )
    }

    /// The tables of a schema, for messages that name the nearest one.
    func tableNames(_ schema: String) throws(PostgresError) -> [String] {
        let found = try connection.query(
            """
            SELECT c.relname FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY 1 LIMIT 10000
            """,
            [schema]
        )
        return (0..<found.rowCount).compactMap { found.text($0, 0) }
    }

    private func columns(_ table: UInt32) throws(PostgresError) -> [ServerColumn] {
        let isByteOrdered = try defaultIsByteOrdered()
        let found = try connection.query(
            """
            SELECT a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated <> '',
                   co.collname, cn.nspname
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
            LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
            WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
            [String(table)]
        )
        var columns: [ServerColumn] = []
        for row in 0..<found.rowCount {
            guard let name = found.text(row, 0), let oid = found.text(row, 1).flatMap(UInt32.init),
                let modifier = found.text(row, 2).flatMap(Int32.init)
            else { continue }
            let collation = found.text(row, 5)
            columns.append(
                ServerColumn(
                    name: name,
                    type: try type(oid, modifier: modifier),
                    typeModifier: modifier,
                    isNotNull: found.bool(row, 3),
                    isGenerated: found.bool(row, 4),
                    isByteOrdered: collation == "C" || collation == "POSIX"
                        || collation == "ucs_basic" || (collation == "default" && isByteOrdered),
                    collation: collation == nil || collation == "default"
                        ? nil
                        : SQLText.identifier(found.text(row, 6) ?? "", collation ?? "")
                )
            )
        }
        return columns
    }

    private func defaultIsByteOrdered() throws(PostgresError) -> Bool {
        let provider = connection.serverVersion >= 150_000 ? "datlocprovider = 'c' AND" : ""
        let found = try connection.execute(
            """
            SELECT \(provider) datcollate IN ('C', 'POSIX') FROM pg_catalog.pg_database
            WHERE datname = pg_catalog.current_database()
            """
        )
        return found.rowCount == 1 && found.bool(0, 0)
    }

    private struct Index {
        let isPrimary: Bool
        let isIdentity: Bool
        let isUnique: Bool
        let isImmediate: Bool
        var columns: [String]
    }

    private func indexes(_ table: UInt32) throws(PostgresError) -> [Index] {
        let found = try connection.query(
            """
            SELECT i.indexrelid, i.indisprimary, i.indisreplident,
                   i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                       AND i.indexprs IS NULL,
                   a.attname, i.indimmediate
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = $1::oid AND k.place <= i.indnkeyatts
            ORDER BY i.indexrelid, k.place
            """,
            [String(table)]
        )
        var indexes: [(id: String?, index: Index)] = []
        for row in 0..<found.rowCount {
            let name = found.text(row, 4) ?? ""
            if indexes.last?.id == found.text(row, 0), !indexes.isEmpty {
                indexes[indexes.count - 1].index.columns.append(name)
                continue
            }
            let index = Index(
                isPrimary: found.bool(row, 1),
                isIdentity: found.bool(row, 2),
                isUnique: found.bool(row, 3),
                isImmediate: found.bool(row, 5),
                columns: [name]
            )
            indexes.append((found.text(row, 0), index))
        }
        return indexes.map(\.index)
    }

    private func partitions(
        _ root: UInt32
    ) throws(PostgresError) -> [(name: String, identity: String)] {
        let found = try connection.query(
            """
            SELECT n.nspname, c.relname, c.relreplident
            FROM pg_catalog.pg_partition_tree($1::oid::regclass) t
            JOIN pg_catalog.pg_class c ON c.oid = t.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE t.isleaf ORDER BY 1, 2
            """,
            [String(root)]
        )
        return (0..<found.rowCount).map {
            let name = SQLText.identifier(found.text($0, 0) ?? "", found.text($0, 1) ?? "")
            return (name, found.text($0, 2) ?? "d")
        }
    }

    /// A type by its number; types that are gone count as text.
    func type(_ oid: UInt32, modifier: Int32) throws(PostgresError) -> ServerType {
        let key = TypeKey(oid: oid, modifier: modifier)
        if let known = types[key] { return known }
        let found = try connection.query(
            """
            SELECT pg_catalog.format_type(t.oid, $2::int4), t.typname, t.typtype, t.typbasetype,
                   t.typtypmod, t.typcategory = 'A' AND t.typelem <> 0, t.typelem,
                   n.nspname = 'pg_catalog'
            FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE t.oid = $1::oid
            """,
            [String(oid), String(modifier)]
        )
        guard found.rowCount == 1 else {
            return ServerType(oid: oid, name: "type \(oid)", family: .text)
        }
        let family: ServerType.Family
        if found.text(0, 2) == "d", let base = found.text(0, 3).flatMap(UInt32.init) {
            let baseModifier = found.text(0, 4).flatMap(Int32.init) ?? -1
            family = try type(base, modifier: baseModifier).family
        } else if found.bool(0, 5), let element = found.text(0, 6).flatMap(UInt32.init) {
            family = .array(try type(element, modifier: modifier).family)
        } else if found.bool(0, 7) {
            family = ServerType.family(found.text(0, 1) ?? "", modifier: modifier)
        } else {
            family = .text
        }
        let type = ServerType(oid: oid, name: found.text(0, 0) ?? "type \(oid)", family: family)
        types[key] = type
        return type
    }
}
