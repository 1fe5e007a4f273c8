import Core

/// A database with two-phase commit that the toy jobs write to; it outlives everything.
final class ExternalSink {
    private struct Transaction {
        let rows: [ToyRow]
        let claim: UInt64
        var isCommitted = false
    }

    private let simulation: Simulation
    private var transactions: [String: Transaction] = [:]
    private var aborted: Set<String> = []
    private var seen: [JobID: Set<ToyRow>] = [:]
    private var positions: [JobID: Set<[Int]>] = [:]
    /// The newest attempt of each job that has fenced the ones before it.
    private var fences: [JobID: UInt64] = [:]

    init(_ simulation: Simulation) {
        self.simulation = simulation
    }

    /// Whether the transaction is prepared; an attempt that was fenced may not.
    func prepare(_ id: String, _ rows: [ToyRow], _ job: JobID, claim: UInt64) -> Bool {
        guard claim >= fences[job] ?? 0 else { return false }
        if transactions[id] == nil { transactions[id] = Transaction(rows: rows, claim: claim) }
        return true
    }

    func commit(_ id: String, _ job: JobID, by who: String) {
        guard let transaction = transactions[id] else {
            let what = aborted.contains(id) ? "was aborted" : "does not exist"
            return simulation.violation("\(who) commits transaction \(id), which \(what)")
        }
        guard !transaction.isCommitted else { return }
        simulation.log("\(who): commits \(id) of \(transaction.rows.count) rows")
        transactions[id]?.isCommitted = true
        for row in transaction.rows {
            seen[job, default: []].insert(row)
            if !positions[job, default: []].insert([row.split, row.offset]).inserted {
                simulation.violation("row \(row.offset) of split \(row.split) is there twice")
            }
        }
    }

    /// Fences older attempts and rolls back what they left, except what is to be committed.
    func abort(_ job: JobID, before claim: UInt64, keeping: Set<String>) {
        fences[job] = max(fences[job] ?? 0, claim)
        for (id, transaction) in transactions
        where id.hasPrefix("\(job)/") && transaction.claim < claim && !transaction.isCommitted
            && !keeping.contains(id)
        {
            transactions[id] = nil
            aborted.insert(id)
        }
    }

    /// Compares what is there with what the sources hold.
    func check(_ job: ToyJob) {
        let rows = seen[job.id] ?? []
        if rows.count != job.splits * job.rowsPerSplit {
            simulation.violation(
                "\(job.id) has finished with \(rows.count) of \(job.splits * job.rowsPerSplit) rows"
            )
        }
        for (key, rows) in Dictionary(grouping: rows, by: \.key).sorted(by: { $0.key < $1.key }) {
            let counts = rows.map(\.count).sorted()
            if counts != Array(1...counts.count) {
                simulation.violation("key \(key) of \(job.id) was counted as \(counts)")
            }
        }
    }
}
