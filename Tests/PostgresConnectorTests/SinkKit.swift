import Columnar
import Connectors
import Core
import Foundation
import PostgresConnector
import TestKit

/// Declares a target table and makes writers for it.
struct Delivery {
    let server: PostgresServer
    let database: String
    let table: TableDefinition
    let reports = ReportLog()

    init(
        _ server: PostgresServer,
        _ database: String,
        _ name: String,
        _ columns: [TableColumn],
        key: [String] = [],
        port: Int? = nil,
        user: String = "postgres",
        password: String = "secret",
        _ options: [String: String] = [:]
    ) {
        self.server = server
        self.database = database
        var merged = [
            "connector": "jdbc",
            "url": "jdbc:postgresql://127.0.0.1:\(port ?? server.port)/\(database)",
            "table-name": name, "username": user, "password": password,
        ]
        merged.merge(options) { $1 }
        table = TableDefinition(
            path: "default_catalog.default_database.sink",
            columns: columns,
            primaryKey: key.compactMap { wanted in columns.firstIndex { $0.name == wanted } },
            options: merged
        )
    }

    func writer(
        subtask: Int = 0,
        parallelism: Int = 1,
        job: String = "job1",
        claim: UInt64 = 1,
        cancellation: Cancellation = Cancellation()
    ) throws -> any SinkWriter {
        let reports = reports
        let context = SinkContext(
            subtask: subtask,
            parallelism: parallelism,
            jobID: JobID(text: job),
            uid: OperatorUID("sink-1"),
            claim: claim,
            time: SystemTime(),
            scratchPath: NSTemporaryDirectory() + "apus-sink-\(UUID().uuidString)",
            cancellation: cancellation,
            report: { reports.add($0) }
        )
        return try JdbcFactory().makeWriter(table, context)
    }

    func batch(_ text: String) throws -> RecordBatch {
        try RecordBatch(text, table.columns.map(\.type))
    }

    func rows(_ query: String) throws -> [String] {
        try server.sql(query, database: database).map {
            $0.map { $0 ?? "." }.joined(separator: " ")
        }
    }
}
