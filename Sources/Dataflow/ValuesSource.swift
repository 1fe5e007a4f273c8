import Columnar
package import Connectors
package import Core
import JobGraph

/// The one split of literal rows: they are read by one subtask, once.
package final class ValuesEnumerator: SplitEnumerator {
    private var isHandedOut = false
    /// Whether they have been read: later checkpoints name neither a holder nor a finished split.
    private var isDone = false
    private static let done = "done"
    private static let split = SourceSplit(id: "values", position: "0")

    package init() {}

    package func start() {}

    package func restore(state: String, held: [SourceSplit], finished: [FinishedSplit]) {
        isDone = state == Self.done || !finished.isEmpty
        isHandedOut = isDone || !held.isEmpty
    }

    package func nextSplit(forSubtask _: Int) -> SplitAssignment {
        guard !isHandedOut else { return .finished }
        isHandedOut = true
        return .split(Self.split)
    }

    package func splitFinished(_: FinishedSplit) { isDone = true }

    /// Handed out is not done: the reader that holds the split says so itself.
    package func snapshot(_: CheckpointID) -> String { isDone ? Self.done : "" }

    package func checkpointCompleted(_: CheckpointID) {}

    package func close() {}
}

/// Reads literal rows.
final class ValuesReader: SourceReader {
    private let rows: [[ScalarValue]]
    private let types: [DataType]
    private let batchRows: Int
    private var split: SourceSplit?
    private var next = 0

    init(_ spec: ValuesSpec, types: [DataType], batchRows: Int) {
        rows = spec.rows
        self.types = types
        self.batchRows = batchRows
    }

    func assign(_ split: SourceSplit) {
        self.split = split
        next = Int(split.position) ?? 0
    }

    func read(waitingMicroseconds _: Int64) -> SourceRead {
        guard let split else { return .idle }
        guard next < rows.count else {
            self.split = nil
            return .splitFinished(id: split.id, result: "")
        }
        let end = min(rows.count, next + batchRows)
        let part = rows[next..<end]
        next = end
        let columns = types.enumerated().map { index, type in
            Column.fromScalars(part.map { $0[index] }, type)
        }
        return .batch(RecordBatch(columns, count: part.count), output: 0)
    }

    func snapshot() -> SplitSnapshot {
        .splits(split.map { [SourceSplit(id: $0.id, position: String(next))] } ?? [])
    }

    func checkpointCompleted(_: CheckpointID, _: [SourceSplit]) {}

    var interruption: @Sendable () -> Void { {} }

    func close() {}
}
