import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit

/// One server for all tests that do not stop it or change its settings.
enum SharedServer {
    static let server = Result { try PostgresServer() }

    /// A database of the test's own.
    static func database(_ name: String, _ setup: String = "") throws -> PostgresServer {
        let server = try server.get()
        try server.sql("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try server.sql("CREATE DATABASE \(name)")
        if !setup.isEmpty { try server.sql(setup, database: name) }
        return server
    }
}

/// Declares tables of a test's database.
struct Capture {
    let server: PostgresServer
    let database: String
    var port: Int?
    var user = "postgres"
    var password = "secret"

    func table(
        _ name: String,
        _ columns: [TableColumn],
        key: [String] = [],
        schema: String = "public",
        _ options: [String: String] = [:]
    ) -> TableDefinition {
        var merged = [
            "connector": "postgres-cdc", "hostname": "127.0.0.1",
            "port": String(port ?? server.port), "username": user, "password": password,
            "database-name": database, "schema-name": schema, "table-name": name,
            "connect.max-retries": "2",
        ]
        merged["slot.name"] = "slot_\(database)"
        merged.merge(options) { $1 }
        return TableDefinition(
            path: "default_catalog.default_database.\(name)",
            columns: columns,
            primaryKey: key.compactMap { wanted in columns.firstIndex { $0.name == wanted } },
            options: merged
        )
    }

    static func request(_ table: TableDefinition, _ columns: [String]? = nil) -> SourceRequest {
        guard let columns else {
            return SourceRequest(table: table, projection: .all(of: table))
        }
        let paths = columns.compactMap { name in
            table.columns.firstIndex { $0.name == name }.map { [$0] }
        }
        return SourceRequest(table: table, projection: ScanProjection(paths: paths))
    }

    static func driver(_ tables: [TableDefinition]) -> SourceDriver {
        SourceDriver(PostgresCDCFactory(), tables.map { request($0) })
    }
}

extension TableColumn {
    static func int(_ name: String) -> TableColumn { TableColumn(name, .integer) }
    static func text(_ name: String) -> TableColumn { TableColumn(name, .string) }
    static func meta(_ name: String, _ type: DataType) -> TableColumn {
        TableColumn(name, type, metadataKey: name, isVirtual: true)
    }
}

/// The message of the error that something throws; empty when it throws none.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return String(describing: error)
    }
}
