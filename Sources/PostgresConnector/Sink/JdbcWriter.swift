package import Columnar
package import Connectors
package import Core

/// Delivers the rows of one subtask into a PostgreSQL table.
///
/// ```
/// checkpoint: write → buffer ── prepareCommit → committable ── commit → one transaction
/// immediate:  write → flush → transaction with undo entries ── commit → undo entries deleted
/// ```
package final class JdbcWriter: SinkWriter {
    private let options: JdbcOptions
    private let context: SinkContext
    private let table: TargetTable
    private let delivery: RowDelivery
    private let bookkeeping: Bookkeeping
    private let fence: SinkFence
    private let buffer: EpochBuffer
    private let signal = InterruptSignal()
    private var connection: PostgresConnection?
    /// The number under which undo entries of the running epoch stand: above every epoch that
    /// has been prepared, and not above the one that this epoch will be prepared as.
    private var openEpoch: CheckpointID = 1

    init(
        _ definition: TableDefinition,
        _ options: JdbcOptions,
        _ context: SinkContext
    ) throws(ConnectorError) {
        self.options = options
        self.context = context
        let signal = signal
        context.cancellation.onCancel { signal.end() }
        do throws(PostgresError) {
            let connection = try Self.retrying("connect to", options, context, signal) {
                () throws(PostgresError) in
                try Self.connect(options, context, signal)
            }
            try Self.name(context).endPredecessors(connection) {
                context.report(ConnectorReport(.warning, $0))
            }
            let checks = TargetChecks(
                connection: connection,
                options: options,
                definition: definition
            )
            table = try checks.run()
            bookkeeping = Bookkeeping(schema: options.bookkeepingSchema ?? table.schema)
            try bookkeeping.prepare(
                connection,
                withUndo: options.commitMode == .immediate,
                user: options.address.user
            )
            fence = SinkFence(
                bookkeeping: bookkeeping,
                jobID: context.jobID.text,
                sinkUID: context.uid.text,
                name: Self.name(context),
                address: options.address,
                warn: { context.report(ConnectorReport(.warning, $0)) }
            )
            self.connection = connection
        } catch {
            throw error.connectorError
        }
        delivery = RowDelivery(table, rowsMax: options.flushRowsMax)
        buffer = EpochBuffer(
            types: definition.columns.map(\.type),
            key: definition.primaryKey,
            bytesMax: options.epochBytesMax,
            scratchPath: context.scratchPath
        )
    }

    private static func name(_ context: SinkContext) -> SessionName {
        SessionName(
            kind: "sink",
            owner: "\(context.jobID) \(context.uid)",
            claim: context.claim,
            subtask: context.subtask
        )
    }

    private static func connect(
        _ options: JdbcOptions,
        _ context: SinkContext,
        _ signal: InterruptSignal
    ) throws(PostgresError) -> PostgresConnection {
        try PostgresConnection.connect(
            options.address,
            applicationName: name(context).text(options.address),
            timeoutMicroseconds: options.retryTimeoutMicroseconds,
            signal: signal
        )
    }

    private static func retrying<Result>(
        _ what: String,
        _ options: JdbcOptions,
        _ context: SinkContext,
        _ signal: InterruptSignal,
        _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        var backoff = Backoff(
            initialMicroseconds: DeliveryLimits.retryInitialMicroseconds,
            maximumMicroseconds: DeliveryLimits.retryMaximumMicroseconds
        )
        var generator = SystemRandomNumberGenerator()
        for attempt in 1... {
            do {
                return try body()
            } catch {
                guard error.isRetryable, attempt <= options.retriesMax else { throw error }
                let pause = backoff.nextMicroseconds(using: &generator)
                context.report(
                    ConnectorReport(
                        .warning,
                        """
                        Cannot \(what) PostgreSQL at \(options.address): \(error.message) Retry \
                        \(attempt) of \(options.retriesMax) in \
                        \(DurationText.short(microseconds: pause)).
                        """
                    )
                )
                signal.sleep(microseconds: pause)
            }
        }
        preconditionFailure("an endless loop has ended")
    }

    /// Runs one transaction; again while rows that it needs may be on their way.
    private func transaction(
        isAlone: Bool = false,
        _ body: (PostgresConnection) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        let start = context.time.monotonicMicroseconds
        var pause = DeliveryLimits.retryInitialMicroseconds
        while true {
            do throws(PostgresError) {
                return try attempt { connection throws(PostgresError) in
                    try fence.begin(connection, isAlone: isAlone)
                    try body(connection)
                    try connection.execute("COMMIT")
                }
            } catch {
                let waited = context.time.monotonicMicroseconds - start
                guard mayWaitForOthers(error), waited < DeliveryLimits.otherWritersMicroseconds
                else { throw error }
                signal.sleep(microseconds: pause)
                pause = min(pause * 2, 1_000_000)
            }
        }
    }

    /// Whether a constraint may hold as soon as another writer has committed the same checkpoint:
    /// the row that a foreign key names, or the former owner of a value that has to be unique.
    private func mayWaitForOthers(_ error: PostgresError) -> Bool {
        error.sqlState == SQLState.foreignKeyViolation
            || (error.sqlState == SQLState.uniqueViolation && context.parallelism > 1)
    }

    /// Runs transactions; again after failures that may pass, since nothing of a failed
    /// transaction stays, and what a lost answer may have committed is recognised by `body`.
    private func attempt(
        _ body: (PostgresConnection) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try Self.retrying("write to", options, context, signal) { () throws(PostgresError) in
            let connection: PostgresConnection
            if let open = self.connection {
                connection = open
            } else {
                connection = try Self.connect(options, context, signal)
            }
            self.connection = nil
            do throws(PostgresError) {
                try body(connection)
                self.connection = connection
            } catch {
                // A connection in an unknown state is not used again.
                throw explain(error)
            }
        }
    }

    /// A constraint that the rows break is the user's to look at; values are not shown.
    private func explain(_ error: PostgresError) -> PostgresError {
        guard let state = error.sqlState, state.hasPrefix("23") || state.hasPrefix("22") else {
            return error
        }
        return PostgresError(
            blame: .user,
            sqlState: state,
            """
            Table \(table.qualifiedName) at \(options.address) refuses rows of \
            '\(context.uid)': \(error.message)
            """
        )
    }

    package func write(_ batch: RecordBatch) throws(ConnectorError) {
        do throws(PostgresError) {
            try buffer.add(batch)
            if options.commitMode == .immediate, buffer.rowCount >= options.flushRowsMax {
                try deliverNow()
            }
        } catch {
            throw error.connectorError
        }
    }

    package func flush() throws(ConnectorError) {
        guard options.commitMode == .immediate else { return }
        do throws(PostgresError) {
            try deliverNow()
        } catch {
            throw error.connectorError
        }
    }

    package func prepareCommit(
        _ epoch: CheckpointID
    ) throws(ConnectorError) -> [Committable] {
        do throws(PostgresError) {
            let prepared = PreparedEpoch(
                identity: EpochIdentity(
                    jobID: context.jobID.text,
                    sinkUID: context.uid.text,
                    subtask: context.subtask,
                    epoch: epoch
                ),
                fields: table.columns.map(\.field),
                key: table.key
            )
            if options.commitMode == .immediate {
                try deliverNow()
                openEpoch = epoch + 1
                return [try prepared.committable(nil)]
            }
            openEpoch = epoch + 1
            var committables: [Committable] = []
            for block in try buffer.take() {
                committables.append(try prepared.committable(block))
            }
            return committables
        } catch {
            throw error.connectorError
        }
    }

    package func commit(
        _ epoch: CheckpointID,
        _ committables: [Committable]
    ) throws(ConnectorError) {
        do throws(PostgresError) {
            if options.commitMode == .immediate { try forgetUndo(epoch) }
            try commitAll(committables)
        } catch {
            throw error.connectorError
        }
    }

    package func recover(
        _ checkpoint: CheckpointID?,
        _ committables: [Committable]
    ) throws(ConnectorError) {
        do throws(PostgresError) {
            try buffer.clear()
            openEpoch = (checkpoint ?? 0) + 1
            try attempt { connection throws(PostgresError) in try fence.raise(connection) }
            if options.commitMode == .immediate { try undo(checkpoint, committables) }
            try commitAll(committables)
            try transaction { connection throws(PostgresError) in
                try bookkeeping.rewind(
                    jobID: context.jobID.text,
                    sinkUID: context.uid.text,
                    to: checkpoint ?? 0,
                    connection
                )
            }
        } catch {
            throw error.connectorError
        }
    }

    package func close() {
        connection = nil
    }
}

// Mode `checkpoint`.
extension JdbcWriter {
    /// Writes every prepared epoch that is not in the target yet, each in one transaction.
    private func commitAll(_ committables: [Committable]) throws(PostgresError) {
        var order: [EpochIdentity] = []
        var parts: [EpochIdentity: [(PreparedEpoch, EpochBuffer.Block)]] = [:]
        for committable in committables {
            let (epoch, block) = try PreparedEpoch.parse(committable)
            guard let block else { continue }
            if parts[epoch.identity] == nil { order.append(epoch.identity) }
            parts[epoch.identity, default: []].append((epoch, block))
        }
        for identity in order.sorted(by: { $0.epoch < $1.epoch }) {
            try commit(identity, parts[identity] ?? [])
        }
    }

    private func commit(
        _ identity: EpochIdentity,
        _ parts: [(PreparedEpoch, EpochBuffer.Block)]
    ) throws(PostgresError) {
        try transaction { connection throws(PostgresError) in
            let last = try bookkeeping.lastCommitted(identity, connection)
            if let last, last >= identity.epoch { return }
            for (epoch, block) in parts { try deliver(epoch, block, connection) }
            try bookkeeping.mark(identity, connection)
        }
    }

    private func deliver(
        _ epoch: PreparedEpoch,
        _ block: EpochBuffer.Block,
        _ connection: PostgresConnection
    ) throws(PostgresError) {
        let delivery = try delivery(for: epoch)
        let (writes, deletes) = delivery.slices(block, epoch.fields.map(\.type))
        if epoch.key.isEmpty {
            try delivery.append(writes, connection)
        } else {
            _ = try connection.pipeline(try delivery.upsert(writes: writes, deletes: deletes))
        }
    }

    /// An epoch prepared before the declaration changed goes into the columns of its time.
    private func delivery(for epoch: PreparedEpoch) throws(PostgresError) -> RowDelivery {
        if epoch.fields == table.columns.map(\.field), epoch.key == table.key { return delivery }
        var columns: [TargetColumn] = []
        for field in epoch.fields {
            guard let column = table.columns.first(where: { $0.field.name == field.name }) else {
                throw PostgresError(
                    blame: .user,
                    """
                    The checkpoint holds rows with the column '\(field.name)', which \
                    '\(context.uid)' does not write any more. Declare it again until the \
                    checkpoint is restored.
                    """
                )
            }
            columns.append(
                TargetColumn(field: field, sqlType: column.sqlType, isArray: column.isArray)
            )
        }
        let former = TargetTable(
            schema: table.schema,
            name: table.name,
            columns: columns,
            key: epoch.key,
            storedColumns: table.storedColumns,
            fixedColumns: table.fixedColumns,
            uniqueColumns: table.uniqueColumns
        )
        return RowDelivery(former, rowsMax: options.flushRowsMax)
    }
}

// Mode `immediate`.
extension JdbcWriter {
    private var job: String { context.jobID.text }
    private var uid: String { context.uid.text }

    /// Writes what is buffered, with the rows as they were before, in one transaction.
    private func deliverNow() throws(PostgresError) {
        let types = table.columns.map(\.field.type)
        let blocks = try buffer.take()
        for block in blocks {
            let (writes, deletes) = delivery.slices(block, types)
            try transaction { connection throws(PostgresError) in
                var pipeline: [PipelineStatement] = []
                for columns in deletes + writes {
                    let keys = delivery.keyColumns(columns)
                    let later = try delivery.parameters(keys, after: [job, uid, String(openEpoch)])
                    pipeline.append(
                        PipelineStatement(
                            delivery.statements.forgetLater(bookkeeping.undo),
                            later
                        )
                    )
                    let noted = try delivery.parameters(
                        keys,
                        after: [job, uid, String(openEpoch), String(context.subtask)]
                    )
                    pipeline.append(
                        PipelineStatement(delivery.statements.remember(bookkeeping.undo), noted)
                    )
                }
                pipeline += try delivery.upsert(writes: writes, deletes: deletes)
                _ = try connection.pipeline(pipeline)
            }
        }
    }

    /// The checkpoint is complete: its rows stay.
    private func forgetUndo(_ epoch: CheckpointID) throws(PostgresError) {
        try transaction { connection throws(PostgresError) in
            try connection.query(
                """
                DELETE FROM \(bookkeeping.undo) WHERE job_id = $1 AND sink_uid = $2 \
                AND subtask = $3 AND epoch <= $4::bigint
                """,
                [job, uid, String(context.subtask), String(epoch)]
            )
        }
    }

    /// Puts back the rows that were written after the checkpoint.
    private func undo(
        _ checkpoint: CheckpointID?,
        _ committables: [Committable]
    ) throws(PostgresError) {
        var former: Set<EpochIdentity> = []
        for committable in committables {
            let identity = try PreparedEpoch.parse(committable).0.identity
            former.insert(
                EpochIdentity(
                    jobID: identity.jobID,
                    sinkUID: identity.sinkUID,
                    subtask: 0,
                    epoch: checkpoint ?? identity.epoch
                )
            )
        }
        former.insert(
            EpochIdentity(jobID: job, sinkUID: uid, subtask: 0, epoch: checkpoint ?? 0)
        )
        for identity in former { try undo(identity) }
    }

    private func undo(_ identity: EpochIdentity) throws(PostgresError) {
        // No row is noted while rows are being put back.
        try transaction(isAlone: true) { connection throws(PostgresError) in
            let restoration = RowRestoration(table, undo: bookkeeping.undo, connection)
            if identity.jobID == job, identity.sinkUID == uid {
                try restoration.run(
                    identity,
                    parallelism: context.parallelism,
                    subtask: context.subtask
                )
            } else {
                // No other writer is told of a former job.
                try restoration.run(former: identity, job: job, sink: uid)
            }
        }
    }
}
