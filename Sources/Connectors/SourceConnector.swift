package import Columnar
package import Core

/// One unit of a source: a file range, a table chunk, a replication slot (DESIGN §2).
///
/// The id names the split for the whole life of the job. The position is whatever the connector
/// needs to go on behind the last row it returned; only the connector reads it.
package struct SourceSplit: Hashable, Sendable, Codable {
    package let id: String
    package var position: String

    package init(id: String, position: String) {
        self.id = id
        self.position = position
    }
}

/// What the planner asks for of a table that is read.
package struct SourceRequest: Hashable, Sendable, Codable {
    package let table: TableDefinition
    package let projection: ScanProjection

    package init(table: TableDefinition, projection: ScanProjection) {
        self.table = table
        self.projection = projection
    }
}

/// A table as a source, known well enough to plan with and to open on any machine.
///
/// Some systems deliver several tables of a job over one connection (a replication slot): tables
/// with equal `sharingKey` become one source with one output for each table.
package protocol TableSource: Sendable {
    /// The changes that the source sends.
    var changelogMode: ChangelogMode { get }
    /// Whether the source ends by itself.
    var isBounded: Bool { get }
    /// The metadata that can be read, with its natural type, in the order to list it in.
    var metadata: [RowField] { get }
    /// Tables with an equal key are read by one source; nil when the table is read alone.
    var sharingKey: String? { get }
}

/// Everything a reader or enumerator may need from the process that runs it.
package struct SourceContext: Sendable {
    /// Which of the parallel readers this is, from 0; 0 for an enumerator.
    package let subtask: Int
    package let parallelism: Int
    /// The most rows of a batch.
    package let batchRows: Int
    package let time: any TimeSource
    /// The job's id, for names of replication slots and the like.
    package let jobID: JobID
    /// The claim of the attempt on its job; a later attempt has a higher one.
    package let claim: UInt64
    /// Cancelled when the reader or enumerator is stopped while it waits for another system.
    package let cancellation: Cancellation
    /// Takes notes for the log and for people: retries, skipped records, schema changes.
    package let report: @Sendable (ConnectorReport) -> Void

    package init(
        subtask: Int,
        parallelism: Int,
        batchRows: Int,
        time: any TimeSource,
        jobID: JobID,
        claim: UInt64,
        cancellation: Cancellation = Cancellation(),
        report: @escaping @Sendable (ConnectorReport) -> Void
    ) {
        self.subtask = subtask
        self.parallelism = parallelism
        self.batchRows = batchRows
        self.time = time
        self.jobID = jobID
        self.claim = claim
        self.cancellation = cancellation
        self.report = report
    }
}

/// Something that a connector has to say while it works.
package struct ConnectorReport: Sendable, Codable {
    /// How much it matters.
    package enum Level: String, Sendable, Codable {
        case info
        case warning
    }

    package let level: Level
    package let message: String

    package init(_ level: Level, _ message: String) {
        self.level = level
        self.message = message
    }
}

/// What one call of a reader gave.
package enum SourceRead: Sendable {
    /// Rows of one output; the reader's position is now behind them.
    case batch(RecordBatch, output: Int)
    /// A split has been read to its end; `result` is what the enumerator has to know of it.
    case splitFinished(id: String, result: String)
    /// Nothing arrived in time; also when no split is assigned.
    case idle
}

/// Reads splits on a source thread of its own; may block there.
///
/// Calls come from one thread.
package protocol SourceReader: AnyObject {
    /// Takes over a split, new or restored with the position of a checkpoint.
    func assign(_ split: SourceSplit) throws(ConnectorError)

    /// Reads the next rows, waiting for at most the given time.
    func read(waitingMicroseconds: Int64) throws(ConnectorError) -> SourceRead

    /// The assigned, unfinished splits with the position behind everything returned so far.
    func snapshot() throws(ConnectorError) -> SplitSnapshot

    /// A checkpoint that holds an earlier `snapshot` is complete: positions up to it may be
    /// confirmed to the external system. Repeated and late calls are possible.
    func checkpointCompleted(
        _ checkpoint: CheckpointID,
        _ splits: [SourceSplit]
    )
        throws(ConnectorError)

    /// Ends a `read` that is waiting; callable from any thread, also after `close`.
    var interruption: @Sendable () -> Void { get }

    /// How far what was returned last is behind what the external system has; nil if unknown.
    var lagMicroseconds: Int64? { get }

    /// How many records could not be decoded and were left out so far.
    var undecodableRecords: Int64 { get }

    /// Releases everything; no call follows.
    func close()
}

extension SourceReader {
    package var lagMicroseconds: Int64? { nil }
    package var undecodableRecords: Int64 { 0 }
}

/// A reader's part of a checkpoint.
package enum SplitSnapshot: Sendable {
    case splits([SourceSplit])
    /// The reader cannot take part now, with the reason: this checkpoint is given up.
    case declined(String)
}

/// What an enumerator answers to a reader that has nothing to do.
package enum SplitAssignment: Hashable, Sendable {
    case split(SourceSplit)
    /// There is nothing for this reader now; it asks again.
    case wait
    /// The same, and only a completed checkpoint will change it: the engine takes one soon.
    case waitForCheckpoint
    /// There will never be another split for this reader.
    case finished
}

/// Finds the splits of a source and hands them out; one for each source, on its own thread.
///
/// Its state in a checkpoint is all splits it knows to be unfinished, handed out or not, and
/// whatever else it needs. On restore the engine hands in, beside that state, the splits that
/// readers held and those that readers had finished by then, so that each is read exactly once.
package protocol SplitEnumerator: AnyObject {
    /// Starts afresh; may block on the external system.
    func start() throws(ConnectorError)

    /// Starts from a checkpoint.
    ///
    /// - Parameters:
    ///   - state: what `snapshot` gave.
    ///   - held: splits that readers hold, with their positions; handed out again by the engine.
    ///   - finished: splits that readers finished, with their results.
    /// - Throws: when the external system no longer has what the state speaks of.
    func restore(
        state: String,
        held: [SourceSplit],
        finished: [FinishedSplit]
    ) throws(ConnectorError)

    /// A reader has no split, or room for another.
    func nextSplit(forSubtask subtask: Int) throws(ConnectorError) -> SplitAssignment

    /// A reader has finished a split.
    func splitFinished(_ split: FinishedSplit) throws(ConnectorError)

    /// The state to restore from; taken before the readers' part of the same checkpoint.
    func snapshot(_ checkpoint: CheckpointID) throws(ConnectorError) -> String

    /// A checkpoint that holds an earlier `snapshot` is complete; later ones may be under way.
    func checkpointCompleted(_ checkpoint: CheckpointID) throws(ConnectorError)

    func close()
}

/// A split that has been read to its end, with what its reader reported of it.
package struct FinishedSplit: Hashable, Sendable, Codable {
    package let id: String
    package let result: String

    package init(id: String, result: String) {
        self.id = id
        self.result = result
    }
}
