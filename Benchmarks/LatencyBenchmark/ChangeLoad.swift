import Core
import PostgresConnector
import TestKit
import Threads

/// Rows written to a table at a steady rate.
struct ChangeLoad {
    let seconds: Int
    let changesPerSecond: Int
    let changesPerTransaction: Int

    /// Writes them; a late transaction is made up for by those after it.
    func write(
        to table: String,
        _ server: PostgresServer
    ) throws -> (rows: Int, seconds: Double) {
        let connection = try server.connect()
        let time = SystemTime()
        let start = time.monotonicMicroseconds
        let transactions = seconds * changesPerSecond / changesPerTransaction
        let pause = ThreadSignal()
        for number in 0..<transactions {
            let first = number * changesPerTransaction + 1
            let due = start + Int64(first) * 1_000_000 / Int64(changesPerSecond)
            while true {
                let left = due - time.monotonicMicroseconds
                guard left > 0 else { break }
                pause.wait(forMicroseconds: left)
            }
            let rows = (first..<first + changesPerTransaction).map {
                "(\($0), \($0 % 5000), \($0).25, 'transfer number \($0)')"
            }
            try connection.execute("INSERT INTO \(table) VALUES \(rows.joined(separator: ", "))")
        }
        let elapsed = Double(time.monotonicMicroseconds - start) / 1e6
        return (transactions * changesPerTransaction, elapsed)
    }
}
