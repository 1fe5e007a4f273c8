import Columnar
package import Connectors
package import Core

/// Makes slot and publication, cuts tables into chunks and hands out the stream at last.
package final class CaptureEnumerator: SplitEnumerator {
    private let group: CaptureGroup
    private let context: SourceContext
    private let session: CaptureSession
    private var connection: PostgresConnection?
    private var state: EnumeratorState?
    private var servers: [ServerTable] = []
    /// Chunks and the stream of a checkpoint that no reader holds.
    private var returned: [ChunkSplit] = []
    /// The first checkpoint with a state that was taken since all chunks were finished.
    private var settledCheckpoint: CheckpointID?

    init(_ group: CaptureGroup, _ context: SourceContext) {
        self.group = group
        self.context = context
        session = CaptureSession(
            options: group.options,
            context: context,
            signal: InterruptSignal()
        )
        context.cancellation.onCancel { [signal = session.signal] in signal.end() }
    }

    package func start() throws(ConnectorError) {
        do throws(PostgresError) {
            try begin()
        } catch {
            throw error.connectorError
        }
    }

    private func begin() throws(PostgresError) {
        let connection = try open()
        try check(connection)
        try endPredecessors(connection)
        let slot = group.slotName(jobID: context.jobID)
        let publication = group.options.publicationName ?? slot
        let mode = group.options.startupMode
        var start = LSN(0)
        switch mode {
        case .snapshot: break
        case .committedOffset:
            start = try slotSetup(connection, slot).startCommitted()
            try publicationSetup(connection, publication)
                .checkCommitted(servers, slot: slot, position: start)
        case .initial, .latestOffset:
            try publicationSetup(connection, publication).run(servers)
            let setup = slotSetup(connection, slot)
            start = try session.retrying("take slot '\(slot)'") { () throws(PostgresError) in
                try setup.startNow()
            }
            if mode == .initial { try awaitCommits(connection) }
        }
        let reads = mode == .initial || mode == .snapshot
        state = EnumeratorState(
            phase: reads ? .reading : .streaming,
            slot: slot,
            publication: publication,
            start: start,
            seamEnd: nil,
            tables: reads ? progress(connection) : [],
            unfinished: [],
            isStreamHandedOut: false,
            columnTypes: columnTypes(),
            memberships: mode == .snapshot ? nil : try memberships(connection, publication)
        )
    }

    private func endPredecessors(_ connection: PostgresConnection) throws(PostgresError) {
        try session.name.endPredecessors(connection) { session.report(.warning, $0) }
    }

    private func progress(_ connection: PostgresConnection) -> [TableProgress] {
        zip(group.tables, servers).map { table, server in
            let checks = TableChecks(
                table: table,
                connection: connection,
                catalog: ServerCatalog(connection)
            )
            let keys = checks.chunkKeys(server)
            if keys.isEmpty {
                session.report(
                    .warning,
                    """
                    Table \(server.qualifiedName) has no key: its snapshot is read in one piece, \
                    and no checkpoint is taken meanwhile.
                    """
                )
            }
            return TableProgress(table: table.id, keys: keys)
        }
    }

    private func open() throws(PostgresError) -> PostgresConnection {
        if let connection { return connection }
        let opened = try session.connect()
        connection = opened
        return opened
    }

    /// Runs all checks that need no slot, and keeps the tables as the server has them.
    private func check(_ connection: PostgresConnection) throws(PostgresError) {
        if group.options.startupMode != .snapshot {
            try ServerChecks(connection: connection, options: group.options).run()
        }
        let catalog = ServerCatalog(connection)
        servers = []
        for table in group.tables {
            let checks = TableChecks(table: table, connection: connection, catalog: catalog)
            servers.append(try checks.run())
        }
    }

    private func awaitCommits(_ connection: PostgresConnection) throws(PostgresError) {
        let wait = CommitWait(
            connection: connection,
            address: group.options.address,
            report: { [session] in session.report(.info, $0) }
        )
        try wait.run(session.signal, context.time)
    }

    private func publicationSetup(
        _ connection: PostgresConnection,
        _ name: String
    ) -> PublicationSetup {
        PublicationSetup(
            connection: connection,
            options: group.options,
            name: name,
            report: { [session] in session.report(.info, $0) }
        )
    }

    private func memberships(
        _ connection: PostgresConnection,
        _ publication: String
    ) throws(PostgresError) -> [String: Membership] {
        let members = Membership.members(try connection.execute(Membership.query(publication)))
        var result: [String: Membership] = [:]
        for table in group.tables { result[table.id] = members[table.qualifiedName] }
        return result
    }

    private func slotSetup(_ connection: PostgresConnection, _ name: String) -> SlotSetup {
        SlotSetup(
            connection: connection,
            options: group.options,
            name: name,
            report: { [session] in session.report(.info, $0) }
        )
    }

    private func columnTypes() -> [String: [String: String]] {
        var result: [String: [String: String]] = [:]
        for (table, server) in zip(group.tables, servers) {
            var types: [String: String] = [:]
            for index in table.readColumns {
                let name = table.definition.columns[index].name
                types[name] = server.column(name)?.type.name
            }
            result[table.id] = types
        }
        return result
    }

    package func restore(
        state text: String,
        held: [SourceSplit],
        finished: [FinishedSplit]
    ) throws(ConnectorError) {
        do throws(PostgresError) {
            try resume(text, held, finished)
        } catch {
            throw error.connectorError
        }
    }

    private func resume(
        _ text: String,
        _ held: [SourceSplit],
        _ finished: [FinishedSplit]
    ) throws(PostgresError) {
        var state = try PositionText.decode(EnumeratorState.self, text)
        var chunks: [ChunkSplit] = []
        var position = state.start
        var isStreamHeld = false
        for split in held {
            if split.id == StreamPosition.splitID {
                let stream = try PositionText.decode(StreamPosition.self, split.position)
                position = stream.start
                isStreamHeld = true
            } else {
                chunks.append(try PositionText.decode(ChunkSplit.self, split.position))
            }
        }
        var results: [ChunkResult] = []
        for split in finished where split.id != StreamPosition.splitID {
            results.append(try PositionText.decode(ChunkResult.self, split.result))
        }
        let connection = try open()
        try check(connection)
        try endPredecessors(connection)
        try checkTables(state)
        if group.options.startupMode != .snapshot {
            try slotSetup(connection, state.slot).checkRestored(position)
            try publicationSetup(connection, state.publication).checkRestored(servers)
            let check = MembershipCheck(
                publication: state.publication,
                expected: state.memberships
            )
            let found = try connection.execute(Membership.query(state.publication))
            try check.run(group.tables, Membership.members(found))
        }
        returned = state.reconcile(held: chunks, finished: results)
        if isStreamHeld { state.phase = .streaming }
        state.isStreamHandedOut = isStreamHeld
        self.state = state
        try settleIfFinished()
        // Everything that was finished by the checkpoint is through the job.
        if self.state?.phase == .settling { self.state?.phase = .streaming }
    }

    /// Tables that the checkpoint does not know would lack the rows that they have.
    private func checkTables(_ state: EnumeratorState) throws(PostgresError) {
        for table in group.tables where state.columnTypes[table.id] == nil {
            throw PostgresError(
                blame: .user,
                """
                Table '\(table.definition.path)' (\(table.qualifiedName)) was added to replication \
                slot '\(state.slot)' after the checkpoint was taken: its rows would be missing. \
                Give it its own 'slot.name', or start the job without a checkpoint.
                """
            )
        }
        let known = Set(group.tables.map(\.id))
        for table in state.tables where !known.contains(table.table) {
            session.report(.info, "table \(table.table) is not read any more")
        }
    }

    package func nextSplit(
        forSubtask subtask: Int
    ) throws(ConnectorError) -> SplitAssignment {
        do throws(PostgresError) {
            return try next()
        } catch {
            connection = error.isConnectionLost ? nil : connection
            throw error.connectorError
        }
    }

    private func next() throws(PostgresError) -> SplitAssignment {
        guard var state else { return .wait }
        switch state.phase {
        case .reading:
            if let chunk = returned.popLast() { return try hand(chunk) }
            guard let chunk = try cut() else {
                return group.options.startupMode == .snapshot && state.unfinished.isEmpty
                    ? .finished : .wait
            }
            return try hand(chunk)
        case .settling: return .waitForCheckpoint
        case .done: return .finished
        case .streaming:
            if state.isStreamHandedOut { return .finished }
            state.isStreamHandedOut = true
            self.state = state
            return .split(
                SourceSplit(
                    id: StreamPosition.splitID,
                    position: try PositionText.encode(streamStart(state))
                )
            )
        }
    }

    private func streamStart(_ state: EnumeratorState) -> StreamPosition {
        var seams: [String: TableSeam] = [:]
        for table in state.tables { seams[table.table] = table.seam }
        return StreamPosition(
            slot: state.slot,
            publication: state.publication,
            start: state.start,
            seamEnd: state.seamEnd,
            seams: seams,
            columnTypes: state.columnTypes,
            memberships: state.memberships
        )
    }

    private func hand(_ chunk: ChunkSplit) throws(PostgresError) -> SplitAssignment {
        .split(SourceSplit(id: chunk.id, position: try PositionText.encode(chunk)))
    }

    /// Cuts the next chunk of the first table that has one left.
    private func cut() throws(PostgresError) -> ChunkSplit? {
        guard var state, let place = state.tables.firstIndex(where: { !$0.isCut }) else {
            return nil
        }
        var progress = state.tables[place]
        let upper = try upperEnd(progress)
        let chunk = ChunkSplit(
            table: progress.table,
            index: progress.nextIndex,
            keys: progress.keys,
            lower: progress.nextLower,
            upper: upper
        )
        progress.nextIndex += 1
        progress.nextLower = upper
        progress.isCut = upper == nil
        state.tables[place] = progress
        state.unfinished.append(chunk)
        self.state = state
        return chunk
    }

    /// The last key of the next chunk; nil when it reaches to the end of the table.
    private func upperEnd(_ progress: TableProgress) throws(PostgresError) -> [String]? {
        guard !progress.keys.isEmpty,
            let place = group.tables.firstIndex(where: { $0.id == progress.table })
        else { return nil }
        let rows = progress.chunkRows(group.tables[place].options.chunkRows)
        let query = ChunkQuery(table: servers[place], keys: progress.keys)
        let found = try reconnecting { connection throws(PostgresError) in
            try connection.execute(query.boundary(above: progress.nextLower, rows: rows))
        }
        guard found.rowCount == 1 else { return nil }
        let key = progress.keys.indices.compactMap { found.text(0, $0) }
        return key.count == progress.keys.count ? key : nil
    }

    /// Does something on the connection, on a new one when the old one is broken.
    private func reconnecting<Result>(
        _ body: (PostgresConnection) throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        do throws(PostgresError) {
            return try body(try open())
        } catch {
            guard error.isConnectionLost else { throw error }
            session.report(.warning, "\(error.message) Connecting again.")
            connection = nil
            return try body(try open())
        }
    }

    package func splitFinished(_ split: FinishedSplit) throws(ConnectorError) {
        do throws(PostgresError) {
            if split.id == StreamPosition.splitID { return }
            state?.finish(try PositionText.decode(ChunkResult.self, split.result))
            try settleIfFinished()
        } catch {
            throw error.connectorError
        }
    }

    /// Goes on to the next phase when the last chunk is finished.
    private func settleIfFinished() throws(PostgresError) {
        guard var state, state.phase == .reading,
            state.tables.allSatisfy(\.isFinished), returned.isEmpty
        else { return }
        if group.options.startupMode == .snapshot {
            state.phase = .done
        } else {
            let end = try reconnecting { connection throws(PostgresError) in
                try connection.execute("SELECT pg_catalog.pg_current_wal_insert_lsn()")
            }
            state.seamEnd = end.text(0, 0).flatMap { LSN(text: $0) }
            state.phase = .settling
            settledCheckpoint = nil
            session.report(.info, "all rows are read; the stream starts after the next checkpoint")
        }
        self.state = state
    }

    package func snapshot(_ checkpoint: CheckpointID) throws(ConnectorError) -> String {
        guard let state else { return "" }
        if state.phase == .settling { settledCheckpoint = settledCheckpoint ?? checkpoint }
        do throws(PostgresError) {
            return try PositionText.encode(state)
        } catch {
            throw error.connectorError
        }
    }

    package func checkpointCompleted(_ checkpoint: CheckpointID) throws(ConnectorError) {
        guard state?.phase == .settling, let settledCheckpoint, checkpoint >= settledCheckpoint
        else { return }
        state?.phase = .streaming
        connection = nil
    }

    package func close() {
        connection = nil
    }
}
