import Checkpoints
import Core
import FoundationEssentials
import JobGraph
import KeyedState
import ManagementAPI

/// What a savepoint holds, for people and for machines.
struct SavepointContents: Encodable {
    /// One operator with state.
    struct Operator: Encodable {
        let uid: String
        /// As in EXPLAIN; absent where the job graph does not have the uid.
        let name: String?
        /// The schema of each state, as in `totals: value [BIGINT] -> [BIGINT]`.
        let states: [String]
        let subtasks: Int
        let files: Int
        let bytes: Int64
    }

    /// One source.
    struct Source: Encodable {
        let uid: String
        let name: String?
        let enumeratorState: String
        let splits: [Split]
        let finishedSplits: Int
    }

    /// A split with the position behind the last row.
    struct Split: Encodable {
        let subtask: Int
        let split: String
        let position: String
    }

    /// One sink.
    struct Sink: Encodable {
        let uid: String
        let name: String?
        let preparedTransactions: Int
        let bytes: Int64
    }

    let kind: String
    let job: String
    let checkpoint: UInt64
    let createdMilliseconds: Int64
    let formatVersion: Int
    let parallelism: Int
    let maxParallelism: Int
    let sqlHash: String
    let objects: Int
    let bytes: Int64
    let operators: [Operator]
    let sources: [Source]
    let sinks: [Sink]
    let defects: [String]

    init(_ manifest: CheckpointManifest, defects: [String]) {
        let names = Self.names(manifest.jobGraph)
        kind = manifest.kind.rawValue
        job = manifest.jobID.text
        checkpoint = manifest.checkpointID
        createdMilliseconds = manifest.createdMicroseconds / 1000
        formatVersion = manifest.formatVersion
        parallelism = manifest.parallelism
        maxParallelism = manifest.maxParallelism
        sqlHash = manifest.sqlHash
        objects = manifest.objects.count
        bytes = manifest.objects.values.reduce(0, +)
        self.defects = defects
        operators = manifest.operators.map { snapshot in
            let files = snapshot.parts.flatMap { $0.files + [$0.attachment].compactMap(\.self) }
            return Operator(
                uid: snapshot.uid.text,
                name: names[snapshot.uid],
                states: snapshot.declarations.map(\.description),
                subtasks: snapshot.parts.count,
                files: files.count,
                bytes: files.map(\.bytes).reduce(0, +)
            )
        }
        sources = manifest.sources.map { snapshot in
            Source(
                uid: snapshot.uid.text,
                name: names[snapshot.uid],
                enumeratorState: snapshot.enumeratorState,
                splits: snapshot.held.enumerated().flatMap { subtask, held in
                    held.map { Split(subtask: subtask, split: $0.id, position: $0.position) }
                },
                finishedSplits: snapshot.finished.count
            )
        }
        sinks = manifest.sinks.map { snapshot in
            Sink(
                uid: snapshot.uid.text,
                name: names[snapshot.uid],
                preparedTransactions: snapshot.committables.count,
                bytes: snapshot.committables.map(\.file.bytes).reduce(0, +)
            )
        }
    }

    /// The names of the operators in the job graph; none where it is of another version.
    private static func names(_ graph: String) -> [OperatorUID: String] {
        let decoded = try? JSONDecoder().decode(JobGraph.self, from: Data(graph.utf8))
        let pairs = (decoded?.nodes ?? []).map { ($0.uid, $0.name) }
        return Dictionary(pairs) { first, _ in first }
    }
}

// As text.
extension SavepointContents {
    /// The contents on a page; `isChecked` tells whether the files have been read.
    func text(isChecked: Bool) -> String {
        [head(isChecked), operatorText, sourceText, sinkText, defectText]
            .compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private func head(_ isChecked: Bool) -> String {
        let whole = isChecked ? "with their checksums" : "with their sizes"
        let files = RunObserver.counted(Int64(objects), "object")
        let state = defects.isEmpty ? "; all are there \(whole)" : ""
        return """
            \(kind == "savepoint" ? "Savepoint" : "Checkpoint") \(checkpoint) of job \(job)
            taken \(ClusterText.moment(createdMilliseconds)) with \
            \(RunObserver.counted(Int64(parallelism), "slot")) of at most \(maxParallelism), \
            format \(formatVersion), script \(sqlHash)
            \(files), \(MemorySizeText.short(bytes: bytes))\(state)
            """
    }

    private var operatorText: String {
        if operators.isEmpty { return "No operator has state." }
        var table = TextTable(
            ["OPERATOR", "UID", "SUBTASKS", "FILES", "SIZE"],
            rightAligned: [2, 3, 4]
        )
        for item in operators {
            table.add([
                ClusterText.firstLine(item.name ?? "-", columns: 60), item.uid,
                String(item.subtasks), String(item.files), MemorySizeText.short(bytes: item.bytes),
            ])
        }
        let schemas = operators.flatMap { item in item.states.map { "  \(item.uid)  \($0)" } }
        return table.text + "\n\nState:\n" + schemas.joined(separator: "\n")
    }

    private var sourceText: String? {
        if sources.isEmpty { return nil }
        let lines = sources.map { source in
            let title = "  \(source.uid)  \(ClusterText.firstLine(source.name ?? "-", columns: 80))"
            let splits = source.splits.map { split in
                """
                    \(split.split) at \(ClusterText.firstLine(split.position)) \
                (subtask \(split.subtask))
                """
            }
            let enumerator = "    enumerator: \(ClusterText.firstLine(source.enumeratorState))"
            let count = RunObserver.counted(Int64(source.finishedSplits), "split")
            let finished =
                source.finishedSplits == 0
                ? []
                : [
                    "    \(count) read to the end"
                ]
            return ([title] + splits + finished + [enumerator]).joined(separator: "\n")
        }
        return "Sources:\n" + lines.joined(separator: "\n")
    }

    private var sinkText: String? {
        if sinks.isEmpty { return nil }
        let lines = sinks.map { sink in
            let name = ClusterText.firstLine(sink.name ?? "-", columns: 80)
            let count = RunObserver.counted(
                Int64(sink.preparedTransactions),
                "prepared transaction"
            )
            return
                "  \(sink.uid)  \(name)\n    \(count), \(MemorySizeText.short(bytes: sink.bytes))"
        }
        return "Sinks:\n" + lines.joined(separator: "\n")
    }

    private var defectText: String? {
        if defects.isEmpty { return nil }
        return "Defects:\n" + defects.map { "  \($0)" }.joined(separator: "\n")
    }
}
