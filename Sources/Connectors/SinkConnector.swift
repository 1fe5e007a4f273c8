package import Columnar
package import Core
import FoundationEssentials

/// How a row of a changelog has to look for a sink.
package struct SinkRequirements: Hashable, Sendable {
    /// The kinds of rows that the sink takes.
    package let changelogMode: ChangelogMode
    /// Whether a delete may carry only the key.
    package let takesKeyOnlyDeletes: Bool
    /// What the sink promises after a crash, for people; printed at submission.
    package let guarantee: String

    /// What to do about a query with updates or deletes that the sink does not take; or empty.
    package let keyHint: String

    package init(
        changelogMode: ChangelogMode,
        takesKeyOnlyDeletes: Bool,
        guarantee: String,
        keyHint: String = ""
    ) {
        self.keyHint = keyHint
        self.changelogMode = changelogMode
        self.takesKeyOnlyDeletes = takesKeyOnlyDeletes
        self.guarantee = guarantee
    }
}

/// A table as a sink, known well enough to plan with and to open on any machine.
package protocol TableSink: Sendable {
    /// What the sink takes, given what the query offers.
    func requirements(for query: ChangelogMode) -> SinkRequirements
    /// The metadata that can be written, with its natural type.
    var metadata: [RowField] { get }
}

/// Everything a writer may need from the process that runs it.
package struct SinkContext: Sendable {
    /// Which of the parallel writers this is, from 0.
    package let subtask: Int
    package let parallelism: Int
    package let jobID: JobID
    /// The stable identity of the sink in its job.
    package let uid: OperatorUID
    /// The claim of the attempt on its job: a later attempt has a higher one.
    ///
    /// That one may be at work while this process still believes that it is the only one: what a
    /// writer does outside must not take effect, or do no harm, once a higher claim was seen there.
    package let claim: UInt64
    package let time: any TimeSource
    /// A folder of this writer alone, for what does not fit in memory; emptied at every start.
    package let scratchPath: String
    /// Cancelled when the writer is stopped while it waits for another system.
    package let cancellation: Cancellation
    package let report: @Sendable (ConnectorReport) -> Void

    package init(
        subtask: Int,
        parallelism: Int,
        jobID: JobID,
        uid: OperatorUID,
        claim: UInt64,
        time: any TimeSource,
        scratchPath: String,
        cancellation: Cancellation = Cancellation(),
        report: @escaping @Sendable (ConnectorReport) -> Void
    ) {
        self.subtask = subtask
        self.parallelism = parallelism
        self.jobID = jobID
        self.uid = uid
        self.claim = claim
        self.time = time
        self.scratchPath = scratchPath
        self.cancellation = cancellation
        self.report = report
    }
}

/// What a writer has prepared for one epoch: enough to commit it from another process.
package struct Committable: Hashable, Sendable, Codable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(Data.self)
        bytes = Array(text)
    }

    /// As base64 where the form is a text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes))
    }
}

/// Delivers rows on a sink thread of its own; may block there.
///
/// ```
/// write* ─ flush* ─ write* … prepareCommit(n) ─ write* … commit(n) ─ … prepareCommit(n+1) …
///                               └▶ in the checkpoint        └▶ when the checkpoint is complete
/// ```
///
/// After a crash a new writer gets `recover` with what the checkpoint held, then goes on.
/// Calls come from one thread.
package protocol SinkWriter: AnyObject {
    /// Takes rows of the current epoch; the columns are the sink table's, in order.
    func write(_ batch: RecordBatch) throws(ConnectorError)

    /// No input is waiting: deliver what may be visible before its checkpoint, if any may.
    func flush() throws(ConnectorError)

    /// Ends the epoch: makes everything written in it durable enough that `commit` cannot fail
    /// for lack of it.
    func prepareCommit(_ epoch: CheckpointID) throws(ConnectorError) -> [Committable]

    /// The checkpoint of the epoch is complete: makes its rows visible. Idempotent.
    func commit(_ epoch: CheckpointID, _ committables: [Committable]) throws(ConnectorError)

    /// First call after a restore: commits what the checkpoint holds, from any of the former
    /// writers, and forgets or undoes whatever came after it. Idempotent.
    ///
    /// - Parameters:
    ///   - checkpoint: the restored checkpoint; nil for a fresh start.
    ///   - committables: what it holds of the writers that this one takes over from.
    /// - Throws: when the external system cannot be reached or has lost what was prepared.
    func recover(
        _ checkpoint: CheckpointID?,
        _ committables: [Committable]
    ) throws(ConnectorError)

    func close()
}
