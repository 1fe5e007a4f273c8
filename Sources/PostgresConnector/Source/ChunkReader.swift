import Columnar
import Connectors
import Core

/// Reads one chunk under one snapshot, in key order, a few rows at a time.
///
/// ```
/// idle ─connect, BEGIN, DECLARE─▶ unflushed ─on disk─▶ open ─FETCH─▶ fetching ─rows─▶ open …
///                                                      open ─FETCH─▶ fetching ─no rows─▶ finished
/// ```
///
/// The position is the last key returned: after a restart the rest of the chunk is read under
/// a snapshot of its own, as another piece.
final class ChunkReader {
    private(set) var split: ChunkSplit
    private let table: CapturedTable
    private let session: CaptureSession
    private let builder: OutputBuilder
    private var connection: PostgresConnection?
    private var snapshot: XidSnapshot?
    /// What has to be flushed before the first row is handed over.
    private var flush: SnapshotFlush?
    /// A snapshot of this connection of which everything is flushed.
    private var flushed: XidSnapshot?
    private var isFetching = false
    /// The key of the last row returned under the open snapshot.
    private var lastKey: [String]?
    private var columnCount = 0
    private(set) var hasReturnedRows = false

    init(
        _ split: ChunkSplit,
        _ table: CapturedTable,
        _ session: CaptureSession,
        _ kept: Session?
    ) {
        self.split = split
        self.table = table
        self.session = session
        connection = kept?.connection
        flushed = kept?.flushed
        builder = OutputBuilder(table, report: { [session] in session.report($0, $1) })
    }

    /// What one chunk leaves to the next.
    struct Session {
        let connection: PostgresConnection
        let flushed: XidSnapshot?
    }

    enum Step {
        case rows(RecordBatch)
        case pending
        case finished(ChunkResult)
    }

    /// Whether a checkpoint can be taken now: what was returned can be named by a key.
    var canSnapshot: Bool { !split.keys.isEmpty || !hasReturnedRows }

    /// The split with everything that was returned so far in its pieces.
    var position: ChunkSplit {
        var position = split
        if let snapshot, let lastKey {
            position.pieces.append(ChunkPiece(upper: lastKey, snapshot: snapshot))
        }
        return position
    }

    /// Reads on, waiting for at most the given time.
    func read(waitingMicroseconds: Int64) throws(PostgresError) -> Step {
        let connection = try open()
        guard try isFlushed(connection) else {
            let pause = min(waitingMicroseconds, CaptureLimits.flushPauseMicroseconds)
            session.signal.sleep(microseconds: pause)
            return .pending
        }
        if !isFetching {
            try connection.send("FETCH FORWARD \(table.options.fetchRows) FROM apus_chunk")
            isFetching = true
        }
        guard let rows = try connection.pollResult(waitingMicroseconds: waitingMicroseconds)
        else { return .pending }
        isFetching = false
        if rows.rowCount == 0 { return .finished(try finish(connection)) }
        return .rows(try take(rows))
    }

    /// Gives the connection away for the next chunk.
    func giveSession() -> Session? {
        defer { connection = nil }
        return connection.map { Session(connection: $0, flushed: flushed) }
    }

    private func isFlushed(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
        guard let flush else { return true }
        guard try flush.isReached(connection, session.context.time) else { return false }
        self.flush = nil
        flushed = snapshot
        return true
    }

    private func open() throws(PostgresError) -> PostgresConnection {
        if let connection, snapshot != nil { return connection }
        let connection: PostgresConnection
        if let kept = self.connection {
            connection = kept
        } else {
            connection = try session.connect()
        }
        self.connection = connection
        try connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let seen = try connection.execute("SELECT pg_catalog.pg_current_snapshot()::text")
        guard let snapshot = seen.text(0, 0).flatMap({ XidSnapshot(text: $0) }) else {
            throw PostgresError.lost("the server shows no snapshot")
        }
        // Without a stream there is no seam; where no transaction has ended since, nothing more
        // has to be flushed.
        if session.options.startupMode != .snapshot, snapshot != flushed {
            flush = try SnapshotFlush(connection, session.context.time)
        }
        let catalog = ServerCatalog(connection)
        let checks = TableChecks(table: table, connection: connection, catalog: catalog)
        let server = try checks.run()
        try builder.prepare { name throws(PostgresError) in server.column(name)?.type }
        let names = (0..<builder.columnCount).compactMap { builder.physicalName($0) }
        columnCount = names.count
        let query = ChunkQuery(table: server, keys: split.keys)
            .rows(names, above: split.resumeKey, upTo: split.upper)
        try connection.execute("DECLARE apus_chunk NO SCROLL CURSOR FOR \(query)")
        self.snapshot = snapshot
        return connection
    }

    private func take(_ rows: PostgresResult) throws(PostgresError) -> RecordBatch {
        let facts = ChangeFacts()
        for row in 0..<rows.rowCount {
            var field = 0
            for index in 0..<builder.columnCount where builder.physicalName(index) != nil {
                if rows.isNull(row, field) {
                    builder.appendNull(index)
                } else {
                    try builder.append(index, rows.bytes(row, field))
                }
                field &+= 1
            }
            builder.endRow(.insert, facts)
        }
        let last = rows.rowCount - 1
        lastKey = split.keys.indices.compactMap { rows.text(last, columnCount + $0) }
        hasReturnedRows = true
        return builder.finish()
    }

    private func finish(_ connection: PostgresConnection) throws(PostgresError) -> ChunkResult {
        guard let snapshot else { preconditionFailure("a chunk is read under a snapshot") }
        try connection.execute("COMMIT")
        let piece = ChunkPiece(upper: split.upper, snapshot: snapshot)
        return ChunkResult(
            table: split.table,
            index: split.index,
            lower: split.lower,
            upper: split.upper,
            pieces: split.pieces + [piece]
        )
    }
}
