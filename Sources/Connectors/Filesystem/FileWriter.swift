import Columnar
import Core
import Formats
import ObjectStore

/// Writes the rows of one subtask to part files that become visible with their checkpoint, as
/// Flink's `FileSink` does.
///
/// ```
/// write → .part….inprogress ── prepareCommit → .part….pending.<epoch> ── commit → part…
/// ```
final class FileWriter: SinkWriter {
    private let table: TableDefinition
    private let options: FilesystemOptions
    private let context: SinkContext
    private let encoder: any RecordEncoder
    private let sinkName: String
    private let life: String
    private var nextNumber = 0
    private var open: PartFile?
    /// Parts of the running epoch that are complete and durable.
    private var closed: [PartFile] = []
    /// The marker of the last commit.
    private var marker: CommitMarker?

    private var folder: String { options.path.text }

    init(_ table: TableDefinition, _ context: SinkContext) throws(ConnectorError) {
        self.table = table
        self.context = context
        let sink = try FilesystemSink(table)
        options = sink.options
        do throws(FormatError) {
            encoder = try sink.format.makeEncoder()
        } catch {
            throw ConnectorError(error)
        }
        sinkName = PartName.sink(context.jobID, context.uid)
        life = String(UInt32.random(in: .min ... .max), radix: 16)
        do throws(SystemFault) {
            try LocalFiles.makeFolders(options.path.text)
        } catch {
            throw failure(error)
        }
    }

    func write(_ batch: RecordBatch) throws(ConnectorError) {
        guard batch.count > 0 else { return }
        var records = BytesBuilder(reserving: batch.count, bytes: batch.count * 64)
        do throws(FormatError) {
            try encoder.encode(batch, terminator: UInt8(ascii: "\n"), to: &records)
        } catch {
            throw ConnectorError(error)
        }
        do throws(SystemFault) {
            try rollIfDue()
            let part = try openPart()
            try part.write(records.finish().bytes.span)
            if part.bytes >= options.rolling.bytesMax { try roll() }
        } catch {
            throw failure(error)
        }
    }

    /// Rows become visible with their checkpoint, not before.
    func flush() {}

    private func openPart() throws(SystemFault) -> PartFile {
        if let open { return open }
        let name = PartName(
            sink: sinkName,
            subtask: context.subtask,
            claim: context.claim,
            life: life,
            number: nextNumber
        )
        nextNumber += 1
        let part = try PartFile(name, in: folder, at: context.time.monotonicMicroseconds)
        open = part
        return part
    }

    private func rollIfDue() throws(SystemFault) {
        guard let open else { return }
        let age = context.time.monotonicMicroseconds - open.openedMicroseconds
        if age >= options.rolling.ageMicrosecondsMax { try roll() }
    }

    /// Ends the open part; its content is durable then.
    private func roll() throws(SystemFault) {
        guard let part = open else { return }
        try part.synchronize()
        closed.append(part)
        open = nil
    }

    func prepareCommit(_ epoch: CheckpointID) throws(ConnectorError) -> [Committable] {
        var committables: [Committable] = []
        do throws(SystemFault) {
            try roll()
            for part in closed {
                let pending = "\(folder)/\(part.name.text(.pending(epoch)))"
                try LocalFiles.rename(part.path, to: pending)
            }
            if !closed.isEmpty { try LocalFiles.synchronizeFolder(folder) }
        } catch {
            throw failure(error)
        }
        for part in closed {
            let pending = PendingPart(
                folder: folder,
                pendingName: part.name.text(.pending(epoch)),
                visibleName: part.name.text(.visible),
                bytes: part.bytes
            )
            committables.append(try pending.committable)
        }
        closed = []
        return committables
    }

    func commit(
        _ epoch: CheckpointID,
        _ committables: [Committable]
    ) throws(ConnectorError) {
        try PartCommitter.commit(committables)
        guard !committables.isEmpty else { return }
        let former = marker
        let latest = CommitMarker(
            sink: sinkName,
            subtask: context.subtask,
            epoch: epoch,
            claim: context.claim
        )
        marker = latest
        guard let former, former != latest else { return }
        do throws(SystemFault) {
            try LocalFiles.remove("\(folder)/\(former.text)")
        } catch {
            throw failure(error)
        }
    }

    func recover(
        _ checkpoint: CheckpointID?,
        _ committables: [Committable]
    ) throws(ConnectorError) {
        try PartCommitter.commit(committables)
        let leftovers = PartLeftovers(
            sink: sinkName,
            subtask: context.subtask,
            parallelism: context.parallelism,
            claim: context.claim,
            checkpoint: checkpoint
        )
        do throws(SystemFault) {
            for name in leftovers.find(in: try LocalFiles.names(in: folder)) {
                try LocalFiles.remove("\(folder)/\(name)")
            }
            marker = try LocalFiles.names(in: folder).compactMap(CommitMarker.init(parsing:))
                .filter { $0.sink == sinkName && $0.subtask == context.subtask }
                .max { ($0.epoch, $0.claim) < ($1.epoch, $1.claim) }
        } catch {
            throw failure(error)
        }
    }

    /// Removes what no checkpoint knows of.
    func close() {
        for part in closed + (open.map { [$0] } ?? []) {
            do throws(SystemFault) {
                try LocalFiles.remove(part.path)
            } catch {
                context.report(
                    ConnectorReport(.warning, "An unfinished file is left behind: \(error).")
                )
            }
        }
        closed = []
        open = nil
    }

    private func failure(_ fault: SystemFault) -> ConnectorError {
        ConnectorError(
            blame: .external,
            isRetryable: fault.isPassing,
            """
            The files of table '\(table.path)' cannot be written to \(options.path.text). Check \
            'path', its permissions and the space that is left.
            """,
            cause: ConnectorError(blame: .external, fault.description)
        )
    }
}
