import Columnar
import Core
import Formats

/// Reads parts of files, one after the other in the order in which they were assigned.
///
/// Every call of `read` returns all rows that it has decoded, so that the position of a part is
/// always the first byte that has not been looked at.
final class FileReader: SourceReader {
    private let context: SourceContext
    private let columns: FileColumns
    private let decoder: any RecordDecoder
    private let errors: FileRecordErrors
    private let block = ByteBlock(capacity: FilesystemLimits.blockCapacity)
    private var waiting: [FileSplit] = []
    private var open: OpenFileSplit?
    /// The decoder's counts when the open part was opened.
    private var countsBefore = DecoderStatistics()

    init(_ request: SourceRequest, _ context: SourceContext) throws(ConnectorError) {
        self.context = context
        let source = try FilesystemSource(request.table)
        columns = FileColumns(request.table, request.projection)
        errors = FileRecordErrors(source, context)
        do throws(FormatError) {
            decoder = try source.format.makeDecoder(columns.decoded, errors: errors)
        } catch {
            throw ConnectorError(error)
        }
    }

    func assign(_ split: SourceSplit) throws(ConnectorError) {
        waiting.append(try FileSplit(split))
    }

    func read(waitingMicroseconds _: Int64) throws(ConnectorError) -> SourceRead {
        guard let open = try openNext() else { return .idle }
        if !open.isFinished {
            try open.decodeRows(decoder, rowLimit: context.batchRows)
            try errors.deadLetters?.write()
        }
        if decoder.rowCount > 0 || !open.isFinished {
            return .batch(columns.complete(decoder.finishBatch(), open.split), output: 0)
        }
        try errors.deadLetters?.synchronize()
        self.open = nil
        reportCounts(open.split)
        return .splitFinished(id: open.split.id, result: try PositionText.encode(open.split))
    }

    /// The part that is being read, or the next one.
    private func openNext() throws(ConnectorError) -> OpenFileSplit? {
        if let open { return open }
        guard let split = waiting.first else { return nil }
        let next = try OpenFileSplit(split, block)
        try errors.begin(split)
        waiting.removeFirst()
        countsBefore = decoder.statistics
        open = next
        return next
    }

    func snapshot() throws(ConnectorError) -> SplitSnapshot {
        // Records before the position are not read again: their letters must be there.
        try errors.deadLetters?.synchronize()
        var splits: [SourceSplit] = []
        for split in (open.map { [$0.split] } ?? []) + waiting {
            splits.append(try split.sourceSplit)
        }
        return .splits(splits)
    }

    func checkpointCompleted(_ checkpoint: CheckpointID, _ splits: [SourceSplit]) {}

    /// A file never makes a reader wait.
    var interruption: @Sendable () -> Void { {} }

    var undecodableRecords: Int64 { Int64(decoder.statistics.undecodable) }

    func close() {
        open = nil
        waiting = []
    }

    /// Says what was left out of a part.
    private func reportCounts(_ split: FileSplit) {
        let counts = decoder.statistics
        let notes = [
            (counts.undecodable - countsBefore.undecodable, "records that cannot be decoded"),
            (counts.ignoredFields - countsBefore.ignoredFields, "fields set to NULL"),
            (counts.truncations - countsBefore.truncations, "TRUNCATE events"),
        ]
        let text = notes.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        guard !text.isEmpty else { return }
        context.report(
            ConnectorReport(
                .warning,
                """
                Left out of file \(split.path), bytes \(split.start) to \(split.end): \(text).
                """
            )
        )
    }
}
