import Core

/// The small tables in which a sink notes what it has committed, and what it may have to undo.
struct Bookkeeping: Sendable {
    let schema: String

    var epochs: String { SQLText.identifier(schema, "apus_sink_epochs") }
    var claims: String { SQLText.identifier(schema, "apus_sink_claims") }
    var undo: String { SQLText.identifier(schema, "apus_sink_undo") }

    /// Makes the tables that are needed, if they are not there.
    func prepare(
        _ connection: PostgresConnection,
        withUndo: Bool,
        user: String
    ) throws(PostgresError) {
        let statements = [createEpochs, createClaims] + (withUndo ? [createUndo] : [])
        let names = [epochs, claims] + (withUndo ? [undo] : [])
        do throws(PostgresError) {
            // What is there needs no lock, which somebody who is halted might hold.
            var isComplete = true
            for name in names {
                let found = try connection.query("SELECT pg_catalog.to_regclass($1)", [name])
                if found.isNull(0, 0) { isComplete = false }
            }
            if isComplete { return }
            try connection.execute("BEGIN")
            // Several writers start at once; CREATE IF NOT EXISTS alone would collide.
            try connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(4702111234474983745)")
            for (name, statement) in zip(names, statements) {
                let found = try connection.query("SELECT pg_catalog.to_regclass($1)", [name])
                if found.isNull(0, 0) { try connection.execute(statement) }
            }
            try connection.execute("COMMIT")
        } catch {
            if !error.isConnectionLost { try connection.execute("ROLLBACK") }
            guard error.sqlState == SQLState.insufficientPrivilege else { throw error }
            throw PostgresError(
                blame: .user,
                sqlState: error.sqlState,
                """
                User '\(user)' may not make the sink's bookkeeping table in schema \
                \(SQLText.identifier(schema)) (\(error.message)). Run: GRANT CREATE ON SCHEMA \
                \(SQLText.identifier(schema)) TO \(SQLText.identifier(user)); or name another \
                schema with 'sink.bookkeeping-schema'.
                """
            )
        }
    }

    private var createEpochs: String {
        """
        CREATE TABLE IF NOT EXISTS \(epochs) (job_id text NOT NULL, sink_uid text NOT NULL, \
        subtask int NOT NULL, epoch bigint NOT NULL, \
        committed_at timestamptz NOT NULL DEFAULT pg_catalog.now(), \
        PRIMARY KEY (job_id, sink_uid, subtask))
        """
    }

    private var createClaims: String {
        """
        CREATE TABLE IF NOT EXISTS \(claims) (job_id text NOT NULL, sink_uid text NOT NULL, \
        claim numeric(20) NOT NULL, PRIMARY KEY (job_id, sink_uid))
        """
    }

    private var createUndo: String {
        """
        CREATE TABLE IF NOT EXISTS \(undo) (job_id text NOT NULL, sink_uid text NOT NULL, \
        row_key text NOT NULL, epoch bigint NOT NULL, subtask int NOT NULL, \
        key_values json NOT NULL, row_before json, \
        PRIMARY KEY (job_id, sink_uid, row_key, epoch))
        """
    }

    /// Locks the marker of a writer and says which epoch it committed last.
    func lastCommitted(
        _ identity: EpochIdentity,
        _ connection: PostgresConnection
    ) throws(PostgresError) -> UInt64? {
        // The row is made first, so that two committers of the same epoch meet at its lock.
        try connection.query(
            """
            INSERT INTO \(epochs) (job_id, sink_uid, subtask, epoch) VALUES ($1, $2, $3, 0) \
            ON CONFLICT DO NOTHING
            """,
            [identity.jobID, identity.sinkUID, String(identity.subtask)]
        )
        let found = try connection.query(
            """
            SELECT epoch FROM \(epochs) WHERE job_id = $1 AND sink_uid = $2 AND subtask = $3 \
            FOR UPDATE
            """,
            [identity.jobID, identity.sinkUID, String(identity.subtask)]
        )
        return found.text(0, 0).flatMap { UInt64($0) }
    }

    func mark(
        _ identity: EpochIdentity,
        _ connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.query(
            """
            UPDATE \(epochs) SET epoch = $4::bigint, committed_at = pg_catalog.now() \
            WHERE job_id = $1 AND sink_uid = $2 AND subtask = $3
            """,
            [
                identity.jobID, identity.sinkUID, String(identity.subtask),
                String(identity.epoch),
            ]
        )
    }

    /// Epochs behind the restored checkpoint will come again under their numbers.
    func rewind(
        jobID: String,
        sinkUID: String,
        to checkpoint: UInt64,
        _ connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.query(
            """
            UPDATE \(epochs) SET epoch = $3::bigint \
            WHERE job_id = $1 AND sink_uid = $2 AND epoch > $3::bigint
            """,
            [jobID, sinkUID, String(checkpoint)]
        )
    }
}
