import Columnar
import Connectors
import Core

/// Reads splits of a script: `step/split`, with the number of rows that were read as position.
final class ScriptReader: SourceReader {
    private struct OpenSplit {
        let id: String
        let step: Int
        let part: ScriptPart
        var position: Int
    }

    private let script: Script
    private let table: ScriptTable
    private let columns: [Int]
    private let batchRows: Int
    private var splits: [OpenSplit] = []

    init(_ script: Script, _ table: ScriptTable, columns: [Int], batchRows: Int) {
        self.script = script
        self.table = table
        self.columns = columns
        self.batchRows = batchRows
    }

    func assign(_ split: SourceSplit) throws(ConnectorError) {
        let numbers = split.id.split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 2, let position = Int(split.position) else {
            throw ConnectorError(blame: .engine, "'\(split)' is not a split of a script")
        }
        let part = try script.parts(numbers[0], table)[numbers[1]]
        splits.append(
            OpenSplit(id: split.id, step: numbers[0], part: part, position: position)
        )
    }

    func read(waitingMicroseconds _: Int64) throws(ConnectorError) -> SourceRead {
        guard let split = splits.first else { return .idle }
        let end = min(split.part.count, split.position + batchRows)
        if split.position * 2 >= split.part.count, script.mustFail(within: split.step) {
            throw ConnectorError(
                blame: .external,
                isRetryable: true,
                "The script fails within step \(split.step + 1)."
            )
        }
        guard split.position < end else {
            splits.removeFirst()
            return .splitFinished(id: split.id, result: "")
        }
        script.countRead()
        splits[0].position = end
        let batch = split.part.rows(split.position..<end).project(columns)
        return .batch(batch, output: 0)
    }

    func snapshot() -> SplitSnapshot {
        .splits(splits.map { SourceSplit(id: $0.id, position: String($0.position)) })
    }

    func checkpointCompleted(_: CheckpointID, _: [SourceSplit]) {}

    /// A script never makes a reader wait.
    var interruption: @Sendable () -> Void { {} }

    func close() {}
}
