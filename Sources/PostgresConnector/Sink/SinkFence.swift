import Columnar
import Core

/// Keeps the writers of earlier attempts out of a target: one that was halted and wakes up must
/// not undo or overwrite what its successors have written.
///
/// Each transaction of a writer takes the sink's advisory lock, shared, and looks whether a higher
/// claim is noted. Raising the claim takes the lock alone: when that is done, no transaction of an
/// earlier attempt is under way, and none can begin.
struct SinkFence: Sendable {
    let bookkeeping: Bookkeeping
    let jobID: String
    let sinkUID: String
    let name: SessionName
    let address: PostgresAddress
    let warn: @Sendable (String) -> Void

    private var claim: UInt64 { name.claim }

    private func lock(isShared: Bool) -> String {
        let hash = Hashing.hash(Array("\(jobID) \(sinkUID)".utf8).span)
        let function = isShared ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock"
        return "SELECT pg_catalog.\(function)(\(Int64(bitPattern: hash)))"
    }

    /// Begins a transaction of this attempt.
    ///
    /// - Parameters:
    ///   - connection: the session.
    ///   - isAlone: whether no other writer of the sink may be in a transaction meanwhile.
    /// - Throws: when a later attempt has taken the sink over.
    func begin(
        _ connection: PostgresConnection,
        isAlone: Bool = false
    ) throws(PostgresError) {
        // A session that slipped in before its attempt was shut out, and is halted, would hold the
        // lock for ever: the next try ends it, too.
        let seconds = DeliveryLimits.fenceSeconds
        let patience = isAlone ? "SET LOCAL lock_timeout = '\(seconds)s';" : ""
        // Each statement sees what was committed before it began, so that the claim is read as
        // it is once the lock is held; one message for all.
        let found = try connection.execute(
            """
            BEGIN ISOLATION LEVEL READ COMMITTED; \(patience) \(lock(isShared: !isAlone)); \
            SELECT claim FROM \(bookkeeping.claims) WHERE job_id = \(SQLText.literal(jobID)) \
            AND sink_uid = \(SQLText.literal(sinkUID))
            """
        )
        try check(found)
    }

    private func check(_ found: PostgresResult) throws(PostgresError) {
        guard found.rowCount > 0, let noted = found.text(0, 0).flatMap({ UInt64($0) }),
            noted > claim
        else { return }
        throw PostgresError(
            blame: .external,
            """
            A later attempt of the job (claim \(noted), this one has \(claim)) writes to the \
            sink '\(sinkUID)' at \(address): this one writes no more. If there is none, since \
            the job's checkpoints were removed, run: DELETE FROM \(bookkeeping.claims) WHERE \
            job_id = \(SQLText.literal(jobID));
            """
        )
    }

    /// Takes the sink over from all earlier attempts: ends their sessions and shuts them out.
    ///
    /// - Throws: when a later attempt has done so.
    func raise(_ connection: PostgresConnection) throws(PostgresError) {
        try name.endPredecessors(connection, warn: warn)
        try begin(connection)
        let noted = try connection.query(
            "SELECT 1 FROM \(bookkeeping.claims) WHERE job_id = $1 AND sink_uid = $2 AND claim = $3",
            [jobID, sinkUID, String(claim)]
        )
        try connection.execute("COMMIT")
        // Another writer of this attempt was here.
        if noted.rowCount > 0 { return }
        try begin(connection, isAlone: true)
        try connection.query(
            """
            INSERT INTO \(bookkeeping.claims) (job_id, sink_uid, claim) \
            VALUES ($1, $2, $3::numeric) \
            ON CONFLICT (job_id, sink_uid) DO UPDATE SET claim = EXCLUDED.claim
            """,
            [jobID, sinkUID, String(claim)]
        )
        try connection.execute("COMMIT")
    }
}
