import Core

/// Whether what a snapshot counts as over is on the server's disk.
///
/// A transaction that was aborted, or committed with `synchronous_commit = off`, is over before
/// its record is flushed. If the server crashes then, the number is given to another transaction,
/// whose changes the seam would take for those that the snapshot has.
///
/// The log may have more at its end, which nobody flushes soon: an open transaction's changes, or
/// hints. The ends of transactions are flushed by the server within three times
/// `wal_writer_delay` (PostgreSQL documentation, "Asynchronous Commit"), so that it is enough to
/// wait for so long.
struct SnapshotFlush {
    private let target: String
    private let deadline: Int64

    /// Notes the end of the log; made right behind the snapshot.
    init(_ connection: PostgresConnection, _ time: any TimeSource) throws(PostgresError) {
        let found = try connection.execute(
            """
            SELECT pg_catalog.pg_current_wal_insert_lsn(), setting
            FROM pg_catalog.pg_settings WHERE name = 'wal_writer_delay'
            """
        )
        guard let end = found.text(0, 0), let delay = found.integer(0, 1) else {
            throw PostgresError.lost("the server does not show the end of its log")
        }
        target = end
        deadline = time.monotonicMicroseconds + 3 * 1000 * Int64(delay)
    }

    func isReached(
        _ connection: PostgresConnection,
        _ time: any TimeSource
    ) throws(PostgresError) -> Bool {
        if time.monotonicMicroseconds > deadline { return true }
        return try connection.query(
            "SELECT pg_catalog.pg_current_wal_flush_lsn() >= $1::pg_lsn",
            [target]
        ).bool(0, 0)
    }
}
