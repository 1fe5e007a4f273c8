import Connectors
import Core
import Foundation

/// `collect` tables in a folder, for the processes of a cluster.
///
/// ```
/// folder/TABLE/upsert, or retract           the kind of the table
/// folder/TABLE/EPOCH-SUBTASK-TRANSACTION    what one writer committed of one epoch
/// ```
package struct CollectFolder: CollectStore {
    private let folder: URL

    package init(_ path: String) {
        folder = URL(filePath: path)
    }

    func open(_ table: String, isUpsert: Bool) throws(ConnectorError) {
        try write(Data(), isUpsert ? "upsert" : "retract", of: table)
    }

    func newID() -> Int { Int.random(in: 0 ... .max) }

    /// A file that is there stays as it is: what is committed again is the same.
    func commit(_ transaction: CollectTransaction, to table: String) throws(ConnectorError) {
        let numbers = "\(Self.padded(Int(transaction.epoch)))-\(Self.padded(transaction.subtask))"
        try write(Data(transaction.text.utf8), "\(numbers)-\(transaction.id)", of: table)
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private func write(_ bytes: Data, _ name: String, of table: String) throws(ConnectorError) {
        let place = folder.appending(path: table)
        let file = place.appending(path: name)
        guard !FileManager.default.fileExists(atPath: file.path) else { return }
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try bytes.write(to: file, options: .atomic)
        } catch {
            throw ConnectorError(blame: .external, isRetryable: true, "\(file.path): \(error)")
        }
    }

    /// What all tables hold.
    ///
    /// - Returns: the tables, their changes in the order of the epochs.
    /// - Throws: when a writer committed an epoch twice with different transactions.
    package func tables() throws -> CollectedTables {
        let tables = CollectedTables()
        let files = FileManager.default
        guard files.fileExists(atPath: folder.path) else { return tables }
        for table in try files.contentsOfDirectory(atPath: folder.path) {
            let place = folder.appending(path: table)
            let names = try files.contentsOfDirectory(atPath: place.path).sorted()
                .filter { $0 == "upsert" || $0 == "retract" || $0.first?.isNumber == true }
            tables.open(table, isUpsert: names.contains("upsert"))
            var writers: Set<[String]> = []
            for name in names where name.first?.isNumber == true {
                let text = try String(contentsOf: place.appending(path: name), encoding: .utf8)
                guard let transaction = CollectTransaction(text: text),
                    writers.insert([String(name.prefix(21)), transaction.sink]).inserted
                else {
                    throw ConnectorError(
                        blame: .engine,
                        "'\(table)' has two transactions of a writer's epoch: \(names)"
                    )
                }
                tables.commit(transaction, to: table)
            }
        }
        return tables
    }
}
