import Core

/// Makes, finds and checks the replication slot of a source.
struct SlotSetup {
    let connection: PostgresConnection
    let options: CaptureOptions
    let name: String
    let report: (String) -> Void

    /// A slot as `pg_replication_slots` shows it.
    struct Slot {
        let plugin: String?
        let database: String?
        let isLogical: Bool
        let activePID: String?
        let isLost: Bool
        let confirmed: LSN?
    }

    private func refuse(_ message: String) -> PostgresError {
        PostgresError(blame: .user, message)
    }

    private var place: PostgresAddress { options.address }

    func find() throws(PostgresError) -> Slot? {
        let found = try connection.query(
            """
            SELECT plugin, database, slot_type = 'logical', active_pid, wal_status = 'lost',
                   confirmed_flush_lsn
            FROM pg_catalog.pg_replication_slots WHERE slot_name = $1
            """,
            [name]
        )
        guard found.rowCount == 1 else { return nil }
        return Slot(
            plugin: found.text(0, 0),
            database: found.text(0, 1),
            isLogical: found.bool(0, 2),
            activePID: found.text(0, 3),
            isLost: found.bool(0, 4),
            confirmed: found.text(0, 5).flatMap { LSN(text: $0) }
        )
    }

    /// Checks that an existing slot is one that we can read.
    func check(_ slot: Slot) throws(PostgresError) {
        guard slot.isLogical, slot.plugin == "pgoutput" else {
            let kind = slot.isLogical ? "decodes with '\(slot.plugin ?? "?")'" : "is physical"
            throw refuse(
                """
                Replication slot '\(name)' at \(place) \(kind), but 'pgoutput' is needed. Choose \
                another 'slot.name', or run: SELECT pg_drop_replication_slot(\(literal));
                """
            )
        }
        guard slot.database == place.database else {
            throw refuse(
                """
                Replication slot '\(name)' at \(place.host):\(place.port) belongs to database \
                '\(slot.database ?? "?")', not to '\(place.database)'. Choose another 'slot.name'.
                """
            )
        }
        if slot.isLost { throw lost }
    }

    /// What to do about a slot whose log is gone; trying again does not help.
    var lost: PostgresError {
        refuse(
            """
            Replication slot '\(name)' at \(place) is lost: the server has removed write-ahead \
            log that the job had not read (max_slot_wal_keep_size), so changes are missing and \
            cannot be had any more. Run: SELECT pg_drop_replication_slot(\(literal)); raise \
            max_slot_wal_keep_size, and start the job without a checkpoint: it reads the tables \
            anew.
            """
        )
    }

    private var literal: String { SQLText.literal(name) }

    /// Another session reads the slot; it may be our own predecessor, about to end.
    func active(_ pid: String) -> PostgresError {
        PostgresError(
            blame: .external,
            isRetryable: true,
            sqlState: SQLState.objectInUse,
            """
            Replication slot '\(name)' at \(place) is in use by process \(pid). If that is not \
            another job that needs it, run: SELECT pg_terminate_backend(\(pid));
            """
        )
    }

    /// Gives a slot that starts now: a new one, or the one that is there, moved forward.
    ///
    /// - Returns: where its stream starts; every transaction that commits later is in it.
    func startNow() throws(PostgresError) -> LSN {
        if let slot = try find() {
            try check(slot)
            if let pid = slot.activePID { throw active(pid) }
            report("slot '\(name)' exists and is moved to the present")
            return try advance()
        }
        return try create()
    }

    /// Gives the slot that has to be there, where it was left.
    func startCommitted() throws(PostgresError) -> LSN {
        guard let slot = try find() else {
            throw refuse(
                """
                'scan.startup.mode' = 'committed-offset' needs the replication slot '\(name)' at \
                \(place), which does not exist. Run: SELECT \
                pg_create_logical_replication_slot(\(literal), 'pgoutput');
                """
            )
        }
        try check(slot)
        return slot.confirmed ?? LSN(0)
    }

    private func advance() throws(PostgresError) -> LSN {
        let moved = try connection.query(
            """
            SELECT end_lsn FROM pg_catalog.pg_replication_slot_advance(
                $1, pg_catalog.pg_current_wal_insert_lsn())
            """,
            [name]
        )
        guard let end = moved.text(0, 0).flatMap({ LSN(text: $0) }) else {
            throw PostgresError.lost("slot '\(name)' could not be moved")
        }
        return end
    }

    private func create() throws(PostgresError) -> LSN {
        do {
            try connection.send(
                """
                SELECT lsn FROM pg_catalog.pg_create_logical_replication_slot(\(literal), \
                'pgoutput')
                """
            )
            var waited = 0
            while true {
                if let made = try connection.pollResult(waitingMicroseconds: 5_000_000) {
                    report("made replication slot '\(name)'")
                    return made.text(0, 0).flatMap { LSN(text: $0) } ?? LSN(0)
                }
                waited += 5
                report(
                    """
                    waiting for \(waited) s for transactions that were open when slot '\(name)' \
                    was asked for; they are in pg_stat_activity with an old xact_start, or in \
                    pg_prepared_xacts
                    """
                )
            }
        } catch {
            throw explain(error)
        }
    }

    private func explain(_ error: PostgresError) -> PostgresError {
        switch error.sqlState {
        case SQLState.configurationLimitExceeded:
            refuse(
                """
                All max_replication_slots of the PostgreSQL server at \(place) are in use. Raise \
                it (ALTER SYSTEM SET max_replication_slots = …; restart), or drop a slot that \
                nobody needs: SELECT slot_name, active FROM pg_replication_slots;
                """
            )
        case SQLState.insufficientPrivilege:
            refuse(
                """
                User '\(place.user)' may not make replication slots at \(place). Run: \
                ALTER ROLE \(SQLText.identifier(place.user)) REPLICATION;
                """
            )
        default: error.during("Replication slot '\(name)' cannot be made")
        }
    }

    /// Checks the slot that a checkpoint was taken with.
    func checkRestored(_ position: LSN) throws(PostgresError) {
        guard let slot = try find() else {
            throw refuse(
                """
                Replication slot '\(name)' at \(place), which the checkpoint was taken with, does \
                not exist any more, so changes since then cannot be had. Start the job without a \
                checkpoint: it reads the tables anew.
                """
            )
        }
        try check(slot)
        if let confirmed = slot.confirmed, confirmed > position {
            throw refuse(
                """
                Replication slot '\(name)' at \(place) is ahead of the checkpoint: it was told to \
                forget everything up to \(confirmed), but the checkpoint goes on from \
                \(position). Changes between them cannot be had any more. Restore a newer \
                checkpoint, or start the job without one: it reads the tables anew.
                """
            )
        }
    }
}
