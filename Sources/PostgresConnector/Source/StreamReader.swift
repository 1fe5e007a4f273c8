import Columnar
import Connectors
import Core

/// Reads the replication stream: decodes, batches, answers the server, connects again.
///
/// ```
/// disconnected ─START_REPLICATION─▶ streaming ─connection lost─▶ disconnected (pause) …
/// ```
///
/// Rows are handed over when a batch is full or the socket has no more: no timer.
final class StreamReader {
    private let group: CaptureGroup
    private let session: CaptureSession
    private let processor: ChangeProcessor
    private let lookups: LookupConnection
    private let template: StreamPosition
    private var connection: PostgresConnection?

    /// What was handed over whole: a restart goes on from here.
    private var base: (start: LSN, delivered: StreamPoint)
    private var ahead: [String: StreamPoint]
    /// Batches that were closed together and are handed over one after the other.
    private var pending: [ChangeProcessor.Delivery] = []
    private var pendingBase: (start: LSN, delivered: StreamPoint)

    /// What a completed checkpoint holds, and so the server may forget.
    private var confirmed: LSN
    private var mustSendStatus = false
    private var lastStatus: Int64 = 0
    private var lastHeartbeat: Int64 = 0

    private var backoff = CaptureSession.backoff
    private var failures = 0
    private var nextAttempt: Int64 = 0

    init(_ group: CaptureGroup, _ position: StreamPosition, _ session: CaptureSession) {
        self.group = group
        self.session = session
        let lookups = LookupConnection(session)
        self.lookups = lookups
        template = position
        processor = ChangeProcessor(
            group,
            position,
            report: { [session] in session.report($0, $1) },
            typeOf: { oid, modifier throws(PostgresError) in
                try lookups.type(oid, modifier: modifier)
            },
            numberOf: { table throws(PostgresError) in try lookups.number(table) }
        )
        base = (position.start, position.delivered)
        pendingBase = base
        ahead = position.ahead
        confirmed = position.start
    }

    private var time: any TimeSource { session.context.time }

    /// Where a restart goes on: behind everything that was handed over.
    var position: StreamPosition {
        var position = template
        position.start = base.start
        position.delivered = base.delivered
        position.ahead = ahead
        if base.start > (template.seamEnd ?? LSN(0)) {
            position.seams = [:]
            position.seamEnd = nil
        }
        return position
    }

    /// A completed checkpoint holds this position.
    func confirm(_ position: LSN) {
        guard position > confirmed else { return }
        confirmed = position
        mustSendStatus = true
    }

    func close() {
        connection?.stopReplication()
        connection = nil
        lookups.close()
    }

    /// The next batch, waiting for at most the given time.
    func read(waitingMicroseconds: Int64) throws(PostgresError) -> SourceRead {
        if !pending.isEmpty { return handOver() }
        let deadline = time.monotonicMicroseconds + waitingMicroseconds
        do throws(PostgresError) {
            guard let connection = try open(until: deadline) else { return .idle }
            if try !receive(connection, until: deadline) { return .idle }
        } catch {
            try lose(error)
            if !processor.hasRows { return .idle }
        }
        closeBatches()
        return pending.isEmpty ? .idle : handOver()
    }

    /// Closes what was taken in; everything before is handed over by now.
    private func closeBatches() {
        pending = processor.takeBatches()
        pendingBase = (processor.start, processor.consumed)
        if pending.isEmpty { settle() }
    }

    private func handOver() -> SourceRead {
        let next = pending.removeFirst()
        if pending.isEmpty {
            settle()
        } else {
            let table = group.tables[next.output].id
            ahead[table] = max(next.point, ahead[table] ?? next.point)
        }
        return .batch(next.batch, output: next.output)
    }

    /// All outputs have what was taken in.
    ///
    /// Since a restore, that may be less than one of them was given before it: that one stays ahead
    /// until the stream has come so far again.
    private func settle() {
        base = pendingBase
        ahead = ahead.filter { $0.value > base.delivered }
    }

    /// Takes in what has arrived, waiting for the first row.
    ///
    /// - Returns: whether there are rows.
    private func receive(
        _ connection: PostgresConnection,
        until deadline: Int64
    ) throws(PostgresError) -> Bool {
        while true {
            try drain(connection)
            try sendStatusIfDue(connection)
            if processor.hasRows { return true }
            if base.start < processor.start || base.delivered < processor.consumed {
                // Nothing of it was for us: the position moves on without rows.
                pendingBase = (processor.start, processor.consumed)
                settle()
            }
            let left = deadline - time.monotonicMicroseconds
            if left <= 0 { return false }
            let heartbeat = group.options.heartbeatMicroseconds
            let pause = min(left, max(heartbeat, 1000))
            if connection.waitForInput(microseconds: pause) { return false }
            try connection.receiveAvailable()
            if try !drain(connection), time.monotonicMicroseconds >= deadline { return false }
            if processor.hasRows { return true }
        }
    }

    /// Takes in messages until a batch is full or nothing more has arrived.
    ///
    /// - Returns: whether anything was taken in.
    @discardableResult
    private func drain(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
        let rowsMax = session.context.batchRows
        var isAnything = false
        while processor.rowCount < rowsMax, processor.byteCount < CaptureLimits.batchBytesMax {
            let took =
                processor.asksServer
                ? try drainWithLookAhead(connection) : try drainOne(connection)
            if took {
                isAnything = true
                continue
            }
            try connection.receiveAvailable()
            let again =
                processor.asksServer
                ? try drainWithLookAhead(connection) : try drainOne(connection)
            if !again { break }
            isAnything = true
        }
        if isAnything {
            failures = 0
            backoff.reset()
        }
        return isAnything
    }

    private func drainOne(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
        let processor = processor
        let read = try connection.readCopy { [self] frame throws(PostgresError) in
            switch try ReplicationFrame.parse(frame) {
            case .data(let payload): try processor.process(frame.extracting(payload...))
            case .keepalive(let end, let wantsReply): keepalive(end, wantsReply)
            }
        }
        return try isMessage(read)
    }

    private func keepalive(_ end: LSN, _ wantsReply: Bool) {
        processor.idle(at: end)
        if wantsReply { mustSendStatus = true }
    }

    private func isMessage(_ read: CopyRead) throws(PostgresError) -> Bool {
        switch read {
        case .message: return true
        case .nothing: return false
        case .end: throw PostgresError.lost("The server ended the replication stream.")
        }
    }

    /// Like `drainOne` for many messages at once, when the server has to say where keys lie.
    private func drainWithLookAhead(
        _ connection: PostgresConnection
    ) throws(PostgresError) -> Bool {
        var frames: [[UInt8]] = []
        while frames.count < CaptureLimits.seamLookaheadMessages {
            let read = try connection.readCopy { frame throws(PostgresError) in
                frames.append(frame.indices.map { frame[$0] })
            }
            guard try isMessage(read) else { break }
        }
        guard !frames.isEmpty else { return false }
        var messages: [[UInt8]] = []
        for frame in frames where frame.first == UInt8(ascii: "w") {
            messages.append(Array(frame.dropFirst(25)))
        }
        let lookups = lookups
        try processor.lookAhead(messages) { sql throws(PostgresError) in
            try lookups.ask(sql)
        }
        for frame in frames {
            let bytes = frame.span
            switch try ReplicationFrame.parse(bytes) {
            case .data(let payload): try processor.process(bytes.extracting(payload...))
            case .keepalive(let end, let wantsReply): keepalive(end, wantsReply)
            }
        }
        return true
    }
}

// The connection.
extension StreamReader {
    /// The open stream; nil when it is not time to try again yet.
    private func open(until deadline: Int64) throws(PostgresError) -> PostgresConnection? {
        if let connection { return connection }
        let now = time.monotonicMicroseconds
        if now < nextAttempt {
            session.signal.sleep(microseconds: min(nextAttempt, deadline) - now)
            if time.monotonicMicroseconds < nextAttempt { return nil }
        }
        let slot = SlotSetup(
            connection: try lookups.open(),
            options: group.options,
            name: template.slot,
            report: { [session] in session.report(.info, $0) }
        )
        try slot.checkRestored(processor.start)
        let opened = try session.connectOnce(.replication)
        processor.reconnect()
        let publication = SQLText.literal(SQLText.identifier(template.publication))
        do throws(PostgresError) {
            try opened.startCopy(
                """
                START_REPLICATION SLOT \(SQLText.identifier(template.slot)) LOGICAL \
                \(processor.start) (proto_version '1', publication_names \(publication))
                """
            )
        } catch {
            throw explain(error, slot)
        }
        if failures > 0 {
            session.report(
                .info,
                "connected again after \(failures) attempt(s); goes on from \(processor.start)"
            )
        }
        connection = opened
        lastStatus = time.monotonicMicroseconds
        return opened
    }

    private func explain(_ error: PostgresError, _ slot: SlotSetup) -> PostgresError {
        if error.sqlState == SQLState.objectInUse {
            let digits = error.message.reversed().prefix { $0.isNumber }.reversed()
            return slot.active(String(digits))
        }
        if error.sqlState == SQLState.notInPrerequisiteState,
            error.message.contains("invalidated") || error.message.contains("can no longer")
        {
            return slot.lost
        }
        return missingPublication(error) ?? error
    }

    private func missingPublication(_ error: PostgresError) -> PostgresError? {
        guard error.sqlState == SQLState.undefinedObject, error.message.contains("publication")
        else { return nil }
        return PostgresError(
            blame: .user,
            """
            Publication \(SQLText.identifier(template.publication)) does not exist in \
            \(group.options.address) any more, or was made after the position that the job goes \
            on from. Changes since it was dropped are missing in the stream: start the job \
            without a checkpoint, and it is made again.
            """
        )
    }

    /// After a failure: plans the next attempt, or gives up.
    private func lose(_ error: PostgresError) throws(PostgresError) {
        connection = nil
        if error.isConnectionLost { lookups.close() }
        if let explained = missingPublication(error) { throw explained }
        failures += 1
        // A predecessor's walsender may take a while to notice that nobody reads any more; that
        // of a process which is halted never does.
        let isBusy = error.sqlState == SQLState.objectInUse
        if isBusy { endPredecessors() }
        let attemptsMax = group.options.connectRetriesMax * (isBusy ? 3 : 1)
        guard error.isRetryable, failures <= attemptsMax else { throw error }
        var generator = SystemRandomNumberGenerator()
        let pause = backoff.nextMicroseconds(using: &generator)
        nextAttempt = time.monotonicMicroseconds + pause
        // While the slot is somebody else's, fewer and fewer words say so.
        if isBusy, failures & (failures - 1) != 0 { return }
        session.report(
            .warning,
            """
            The replication stream of slot '\(template.slot)' broke: \(error.message) Attempt \
            \(failures) of \(attemptsMax) in \(DurationText.short(microseconds: pause)).
            """
        )
    }

    private func endPredecessors() {
        do throws(PostgresError) {
            let count = try session.name.endPredecessors(try lookups.open()) {
                session.report(.warning, $0)
            }
            guard count > 0 else { return }
            session.report(.info, "ended \(count) session(s) of an earlier attempt of the job")
        } catch {
            session.report(
                .warning,
                "Sessions of an earlier attempt of the job cannot be ended: \(error.message)"
            )
        }
    }

    private func sendStatusIfDue(_ connection: PostgresConnection) throws(PostgresError) {
        let now = time.monotonicMicroseconds
        let isHeartbeat = now - lastHeartbeat >= group.options.heartbeatMicroseconds
        guard mustSendStatus || isHeartbeat || now - lastStatus >= CaptureLimits.statusMicroseconds
        else { return }
        let status = ReplicationFrame.status(
            received: processor.start,
            confirmed: confirmed,
            unixMicroseconds: time.nowMicroseconds,
            wantsReply: isHeartbeat
        )
        try connection.writeCopy(status.span)
        mustSendStatus = false
        lastStatus = now
        if isHeartbeat {
            lastHeartbeat = now
            try checkPublication()
        }
    }

    /// A table that was taken out of the publication is silent: nothing else tells.
    private func checkPublication() throws(PostgresError) {
        let found: PostgresResult
        do throws(PostgresError) {
            found = try lookups.ask(Membership.query(template.publication))
        } catch {
            // The next heartbeat asks again; the stream itself works.
            guard error.isConnectionLost else { throw error }
            lookups.close()
            return
        }
        let check = MembershipCheck(
            publication: template.publication,
            expected: template.memberships
        )
        try check.run(group.tables, Membership.members(found))
    }
}

/// A second connection beside the stream, opened when something has to be looked up.
final class LookupConnection {
    private let session: CaptureSession
    private var connection: PostgresConnection?
    private var catalog: ServerCatalog?

    init(_ session: CaptureSession) {
        self.session = session
    }

    func open() throws(PostgresError) -> PostgresConnection {
        if let connection { return connection }
        let opened = try session.connectOnce(.queries)
        connection = opened
        return opened
    }

    func ask(_ sql: String) throws(PostgresError) -> PostgresResult {
        try open().execute(sql)
    }

    func type(_ oid: UInt32, modifier: Int32) throws(PostgresError) -> ServerType {
        if catalog == nil { catalog = ServerCatalog(try open()) }
        guard let catalog else { preconditionFailure("a catalog was just made") }
        return try catalog.type(oid, modifier: modifier)
    }

    /// The number of the table that has the name now; nil when there is none.
    func number(_ table: CapturedTable) throws(PostgresError) -> UInt32? {
        let found = try open().query(
            """
            SELECT c.oid FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2
            """,
            [table.options.schemaName, table.options.tableName]
        )
        return found.rowCount == 1 ? found.text(0, 0).flatMap(UInt32.init) : nil
    }

    func close() {
        catalog = nil
        connection = nil
    }
}
