/// Puts the rows of a target back as they were at a checkpoint, within the caller's transaction.
struct RowRestoration {
    private let table: TargetTable
    private let statements: RestoreStatements
    private let connection: PostgresConnection

    init(_ table: TargetTable, undo: String, _ connection: PostgresConnection) {
        self.table = table
        statements = RestoreStatements(table, undo: undo)
        self.connection = connection
    }

    /// Undoes what the writers with `subtask % parallelism` as given wrote after an epoch.
    func run(
        _ identity: EpochIdentity,
        parallelism: Int,
        subtask: Int
    ) throws(PostgresError) {
        let share = [String(parallelism), String(subtask)]
        let sink = [identity.jobID, identity.sinkUID]
        let parameters: [String?] = sink + [String(identity.epoch)] + share
        try connection.query(statements.removeNew, parameters)
        try putBack(parameters)
        try connection.query(statements.forget, sink + share)
    }

    /// Undoes all that the writers of a former job wrote after an epoch, but for the keys that a
    /// writer of the present job has written since.
    func run(former: EpochIdentity, job: String, sink: String) throws(PostgresError) {
        try connection.query(
            statements.adopt,
            [former.jobID, former.sinkUID, String(former.epoch), job, sink]
        )
        try run(former, parallelism: 1, subtask: 0)
    }

    /// Rows may have exchanged the values of another unique column, so that none can be changed
    /// before the other: those that differ in such columns make room first.
    private func putBack(_ parameters: [String?]) throws(PostgresError) {
        try connection.execute("SAVEPOINT apus_put_back")
        do throws(PostgresError) {
            try connection.query(statements.putBack(replacing: table.replacedColumns), parameters)
        } catch {
            let collides = [SQLState.uniqueViolation, SQLState.exclusionViolation]
            guard let state = error.sqlState, collides.contains(state),
                !table.uniqueColumns.isEmpty
            else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT apus_put_back")
            let replaced = table.replacedColumns + table.uniqueColumns
            try connection.query(statements.putBack(replacing: replaced), parameters)
        }
    }
}
