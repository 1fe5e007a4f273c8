import Core

/// Waits until no transaction can have its commit record before a slot's start and yet be
/// invisible to a snapshot taken now.
///
/// A commit is written to the log first and becomes visible a moment later, or much later when it
/// waits for a synchronous standby.
struct CommitWait {
    let connection: PostgresConnection
    let address: PostgresAddress
    let report: (String) -> Void

    /// The transactions that a snapshot has seen running and that still are.
    private struct Open {
        let count: Int
        /// Those that wait for a standby: their commit record is written.
        let committing: Int
        /// Processes of which we may not know whether they do.
        let hiddenProcesses: [String]
    }

    func run(_ signal: InterruptSignal, _ time: any TimeSource) throws(PostgresError) {
        let start = time.monotonicMicroseconds
        var pause: Int64 = 1000
        var hasReported = false
        let before = try runningTransactions()
        while true {
            let open = try open(before)
            if open.count == 0 { return }
            let waited = time.monotonicMicroseconds - start
            if waited > CaptureLimits.commitVisibilityMicroseconds, open.committing == 0 {
                if open.hiddenProcesses.isEmpty { return }
                if !hasReported { reportHidden(open) }
                hasReported = true
            }
            if signal.sleep(microseconds: pause), signal.isEnded {
                throw PostgresError.stopped(address)
            }
            pause = min(pause * 2, 100_000)
        }
    }

    /// A snapshot that lists every transaction that is running.
    ///
    /// It lists none above the highest number that is over, which may wait for a standby as well:
    /// a number of our own that is over is above them all. It is given back at once, since a
    /// commit might wait, too.
    private func runningTransactions() throws(PostgresError) -> String {
        let found = try connection.execute(
            """
            BEGIN; SELECT pg_catalog.pg_current_xact_id(); ROLLBACK; \
            SELECT pg_catalog.pg_current_snapshot()::text
            """
        )
        guard let text = found.text(0, 0) else {
            throw PostgresError.lost("the server shows no snapshot")
        }
        return text
    }

    /// What has become of the transactions that were running.
    ///
    /// One without a session is prepared; the session that commits it has no number of its own.
    private func open(_ before: String) throws(PostgresError) -> Open {
        let found = try connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE a.wait_event = 'SyncRep' OR a.pid IS NULL
                    AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity s
                                WHERE s.wait_event = 'SyncRep' AND s.backend_xid IS NULL)),
                string_agg(a.pid::text, ' ') FILTER (
                    WHERE pg_catalog.current_setting('synchronous_standby_names') <> ''
                      AND NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
                      AND NOT pg_catalog.pg_has_role(a.usesysid, 'USAGE'))
            FROM pg_catalog.pg_snapshot_xip($1::pg_snapshot) x
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.backend_xid = x::xid
            WHERE NOT pg_catalog.pg_visible_in_snapshot(x, pg_catalog.pg_current_snapshot())
              AND coalesce(a.state, '') NOT LIKE 'idle in transaction%'
              AND coalesce(a.datname = pg_catalog.current_database(), TRUE)
            """,
            [before]
        )
        return Open(
            count: found.integer(0, 0) ?? 0,
            committing: found.integer(0, 1) ?? 0,
            hiddenProcesses: found.text(0, 2)?.split(separator: " ").map(String.init) ?? []
        )
    }

    private func reportHidden(_ open: Open) {
        report(
            """
            waiting for the transactions of the processes \
            \(open.hiddenProcesses.joined(separator: ", ")) of the PostgreSQL server at \
            \(address): each may be committed and wait for a synchronous standby, and its rows \
            would be missing, but user '\(address.user)' cannot see what other sessions wait \
            for. With this grant only those that do are waited for: \
            GRANT pg_read_all_stats TO \(SQLText.identifier(address.user));
            """
        )
    }
}
