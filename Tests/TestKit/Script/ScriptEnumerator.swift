import Columnar
import Connectors
import Core

/// Hands out a table's part of a script, step by step.
///
/// ```
/// waits for earlier steps ─▶ hands out splits ─all read▶ waits for a checkpoint ─▶ next step
/// ```
final class ScriptEnumerator: SplitEnumerator {
    private let script: Script
    private let table: ScriptTable
    private let parallelism: Int
    /// The steps of this table that no checkpoint holds; the first is being read.
    private var steps: ArraySlice<Int>
    /// Splits of the first step that have not been read to their end.
    private var unfinished: Set<String> = []
    private var waiting: [SourceSplit] = []
    /// The step whose rows are all in the checkpoints from that number on.
    private var held: (step: Int, checkpoint: CheckpointID)?
    /// Readers without a split that know it, and hold back event time no more.
    private var released: Set<Int> = []

    init(_ script: Script, _ table: ScriptTable, parallelism: Int) {
        self.script = script
        self.table = table
        self.parallelism = parallelism
        steps = script.steps(of: table.definition.name)[...]
    }

    private var name: String { table.definition.name }

    func start() throws(ConnectorError) {
        try begin()
    }

    /// The state is the number of the step, then its unfinished splits.
    func restore(
        state: String,
        held: [SourceSplit],
        finished: [FinishedSplit]
    ) throws(ConnectorError) {
        let words = state.split(separator: " ").map(String.init)
        let step = words.first.flatMap { Int($0) } ?? .max
        steps = steps.drop { $0 < step }
        guard steps.first == step else {
            script.begin(.max, of: name)
            return
        }
        let left = Set(words.dropFirst()).subtracting(finished.map(\.id))
        guard !left.isEmpty else {
            steps.removeFirst()
            try begin()
            return
        }
        unfinished = left
        let readersHave = Set(held.map(\.id))
        waiting = left.subtracting(readersHave).sorted().map { SourceSplit(id: $0, position: "0") }
        script.begin(step, of: name)
    }

    /// Begins the first step that is left.
    private func begin() throws(ConnectorError) {
        guard let step = steps.first else {
            script.begin(.max, of: name)
            return
        }
        let parts = try script.parts(step, table)
        waiting = parts.indices.filter { parts[$0].count > 0 }
            .map { SourceSplit(id: "\(step)/\($0)", position: "0") }
        unfinished = Set(waiting.map(\.id))
        script.begin(step, of: name)
    }

    func nextSplit(forSubtask subtask: Int) throws(ConnectorError) -> SplitAssignment {
        // Nothing will ever be there for a reader more than there are splits.
        if subtask >= table.splits { released.insert(subtask) }
        guard let step = steps.first, subtask < table.splits else { return .finished }
        // What is late must not depend on when they hear of it.
        guard released.count >= parallelism - table.splits else { return .wait }
        if waiting.isEmpty, steps.count == 1 { return .finished }
        guard script.isOpen(step) else {
            return script.needsCheckpoint ? .waitForCheckpoint : .wait
        }
        if let split = waiting.first {
            waiting.removeFirst()
            return .split(split)
        }
        return script.needsCheckpoint ? .waitForCheckpoint : .wait
    }

    func splitFinished(_ split: FinishedSplit) {
        guard unfinished.remove(split.id) != nil, unfinished.isEmpty, let step = steps.first
        else { return }
        script.finishReading(name)
        script.stopIfLast(step)
    }

    func snapshot(_ checkpoint: CheckpointID) -> String {
        if let step = steps.first, unfinished.isEmpty, held?.step != step {
            held = (step, checkpoint)
        }
        return (["\(steps.first ?? .max)"] + unfinished.sorted()).joined(separator: " ")
    }

    func checkpointCompleted(_ checkpoint: CheckpointID) throws(ConnectorError) {
        guard let (step, first) = held, checkpoint >= first, steps.first == step else { return }
        held = nil
        steps.removeFirst()
        try begin()
        if script.mustFail(after: step) {
            throw ConnectorError(
                blame: .external,
                isRetryable: true,
                "The script fails after the checkpoint of step \(step + 1)."
            )
        }
    }

    func close() {
        script.leave(name)
    }
}
