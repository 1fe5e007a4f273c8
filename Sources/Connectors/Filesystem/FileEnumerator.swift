import Columnar
import Core

/// What the enumerator of a `filesystem` table keeps in a checkpoint.
struct FileEnumeratorState: Hashable, Sendable, Codable {
    /// Size and time of a file when it was taken.
    struct Stamp: Hashable, Sendable, Codable {
        let bytes: Int64
        let changedMilliseconds: Int64
    }

    /// Parts that are not finished, handed out or not.
    var unfinished: [FileSplit]
    /// Every file that was ever taken, by path; only for a table that looks for new files.
    var taken: [String: Stamp]
}

/// Finds files and hands out their parts, sorted by path and place.
///
/// ```
/// found ─▶ free ─nextSplit─▶ handed out ─splitFinished─▶ forgotten (its file stays "taken")
/// ```
final class FileEnumerator: SplitEnumerator {
    /// The subtask that reads everything when files must be read one after the other; the engine
    /// gives restored splits to the subtask that had them.
    private static let sequentialSubtask = 0

    private let source: FilesystemSource
    private let context: SourceContext
    private var discovery: FileDiscovery
    /// Sorted; the first `nextFree` are handed out.
    private var free: [FileSplit] = []
    private var nextFree = 0
    private var handedOut: [String: FileSplit] = [:]
    private var taken: [String: FileEnumeratorState.Stamp] = [:]
    private var changedFiles: Set<String> = []
    private var lastScanMicroseconds: Int64?

    init(_ source: FilesystemSource, _ context: SourceContext) throws(ConnectorError) {
        self.source = source
        self.context = context
        discovery = try source.options.discovery
    }

    func start() throws(ConnectorError) {
        try scan()
        guard source.isBounded, free.isEmpty else { return }
        context.report(
            ConnectorReport(
                .warning,
                """
                There is nothing to read for table '\(source.table.path)': no file with content \
                matches '\(source.table.options["path"] ?? "")'.
                """
            )
        )
    }

    func restore(
        state: String,
        held: [SourceSplit],
        finished: [FinishedSplit]
    ) throws(ConnectorError) {
        let state = try PositionText.decode(FileEnumeratorState.self, state)
        taken = state.taken
        handedOut = [:]
        var seen: [FileSplit] = []
        for split in held {
            let part = try FileSplit(split)
            handedOut[split.id] = part
            seen.append(part)
        }
        for split in finished {
            seen.append(try PositionText.decode(FileSplit.self, split.result))
        }
        // Files that were found after the state was taken, and before the readers gave their part.
        let late = seen.filter { !source.isBounded && state.taken[$0.path] == nil }
        for part in seen { take(part) }
        let finishedIDs = Set(finished.map(\.id))
        free = state.unfinished
            .filter { handedOut[$0.id] == nil && !finishedIDs.contains($0.id) }
        for parts in Dictionary(grouping: late, by: \.path).values {
            free += FileSplit.gaps(between: parts)
        }
        free.sort(by: FileSplit.isBefore)
        nextFree = 0
    }

    func nextSplit(forSubtask subtask: Int) throws(ConnectorError) -> SplitAssignment {
        if source.isSequential, subtask != Self.sequentialSubtask { return .finished }
        if nextFree == free.count, isScanDue { try scan() }
        guard nextFree < free.count else { return source.isBounded ? .finished : .wait }
        let part = free[nextFree]
        nextFree += 1
        handedOut[part.id] = part
        return .split(try part.sourceSplit)
    }

    func splitFinished(_ split: FinishedSplit) {
        handedOut[split.id] = nil
    }

    func snapshot(_: CheckpointID) throws(ConnectorError) -> String {
        let unfinished = Array(handedOut.values) + free[nextFree...]
        return try PositionText.encode(
            FileEnumeratorState(
                unfinished: unfinished.sorted(by: FileSplit.isBefore),
                taken: taken
            )
        )
    }

    func checkpointCompleted(_ checkpoint: CheckpointID) {}

    func close() {}

    private var isScanDue: Bool {
        guard let interval = source.options.monitorMicroseconds else { return false }
        guard let last = lastScanMicroseconds else { return true }
        return context.time.monotonicMicroseconds - last >= interval
    }

    /// Takes all files that are new.
    private func scan() throws(ConnectorError) {
        lastScanMicroseconds = context.time.monotonicMicroseconds
        free.removeFirst(nextFree)
        nextFree = 0
        var found: [FoundFile] = []
        for file in try discovery.files() {
            if let known = taken[file.path] {
                noteChange(of: file, known)
                continue
            }
            // What is empty now may have been created just now.
            guard file.bytes > 0 else { continue }
            found.append(file)
            take(file.path, bytes: file.bytes, file.changedMilliseconds)
        }
        let bytesMax = partBytes(of: found)
        for file in found { free += FileSplit.parts(of: file, bytesMax: bytesMax ?? file.bytes) }
    }

    /// The size of the parts that new files are divided into; nil: they are read whole.
    ///
    /// So they are where there are enough for all readers: each is read from front to back, so
    /// that files written side by side do not drift apart in event time.
    private func partBytes(of files: [FoundFile]) -> Int64? {
        guard source.isSplittable else { return nil }
        if let wanted = source.options.splitBytes { return wanted }
        return files.count < context.parallelism ? FilesystemLimits.splitBytesDefault : nil
    }

    private func take(_ part: FileSplit) {
        take(part.path, bytes: part.fileBytes, part.changedMilliseconds)
    }

    private func take(_ path: String, bytes: Int64, _ changedMilliseconds: Int64) {
        guard !source.isBounded else { return }
        taken[path] = FileEnumeratorState.Stamp(
            bytes: bytes,
            changedMilliseconds: changedMilliseconds
        )
    }

    /// Says once that what came into a file after it was taken is not read, as in Flink.
    private func noteChange(of file: FoundFile, _ known: FileEnumeratorState.Stamp) {
        let isSame =
            file.bytes == known.bytes && file.changedMilliseconds == known.changedMilliseconds
        guard !isSame, changedFiles.insert(file.path).inserted else { return }
        context.report(
            ConnectorReport(
                .warning,
                """
                File \(file.path) of table '\(source.table.path)' has changed after it was taken \
                (\(known.bytes) bytes then, \(file.bytes) now): each file is read once. Write new \
                rows to new files, and move them into the folder when they are complete.
                """
            )
        )
    }
}
