import Synchronization

/// What `collect` tables hold: the rows of committed epochs, and nothing else.
package final class CollectedTables: CollectStore {
    /// A committed change.
    struct Change: Sendable {
        let isAddition: Bool
        /// The primary key; the whole row where there is none.
        let key: String
        /// The change as `print` shows it.
        let text: String
    }

    private struct Table {
        var isUpsert = false
        var changes: [Change] = []
    }

    private struct State {
        var tables: [String: Table] = [:]
        var lastID = 0
        var committed: Set<Int> = []
        var repeatedCommits = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Makes a table known, with or without rows.
    func open(_ table: String, isUpsert: Bool) {
        state.withLock { $0.tables[table, default: Table()].isUpsert = isUpsert }
    }

    /// A number for a transaction that no other transaction ever has.
    func newID() -> Int {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// Makes the changes of a transaction visible, once.
    func commit(_ transaction: CollectTransaction, to table: String) {
        state.withLock { state in
            guard state.committed.insert(transaction.id).inserted else {
                state.repeatedCommits += 1
                return
            }
            state.tables[table, default: Table()].changes += transaction.changes
        }
    }

    /// How often a transaction was committed that already was.
    package var repeatedCommits: Int { state.withLock(\.repeatedCommits) }

    /// All changes in the order of their commits, `table> change` where there are several tables.
    package var changelog: [String] {
        lines { $0.changes.map(\.text) }
    }

    /// The rows that are left, sorted; a retraction without its row is a line that says so.
    package var rows: [String] {
        lines { $0.isUpsert ? Self.upserted($0.changes) : Self.retracted($0.changes) }
    }

    private func lines(_ select: (Table) -> [String]) -> [String] {
        state.withLock { state in
            state.tables.keys.sorted().flatMap { name in
                let lines = state.tables[name].map(select) ?? []
                return state.tables.count > 1 ? lines.map { "\(name)> \($0)" } : lines
            }
        }
    }

    private static func upserted(_ changes: [Change]) -> [String] {
        var rows: [String: String] = [:]
        for change in changes {
            rows[change.key] = change.isAddition ? "+I" + change.text.dropFirst(2) : nil
        }
        return rows.values.sorted()
    }

    private static func retracted(_ changes: [Change]) -> [String] {
        var counts: [String: Int] = [:]
        for change in changes {
            counts["+I" + change.text.dropFirst(2), default: 0] += change.isAddition ? 1 : -1
        }
        return counts.flatMap { row, count in
            count < 0
                ? ["retracted \(-count) times too often: \(row)"]
                : Array(repeating: row, count: count)
        }
        .sorted()
    }
}
