import Connectors
import Core

/// Where `collect` tables keep what is committed.
protocol CollectStore: Sendable {
    /// Makes a table known, with or without rows.
    func open(_ table: String, isUpsert: Bool) throws(ConnectorError)

    /// A number for a transaction that no other transaction ever has.
    func newID() -> Int

    /// Makes the changes of a transaction visible, once.
    func commit(_ transaction: CollectTransaction, to table: String) throws(ConnectorError)
}

/// The rows that one writer of a sink took in one epoch; a table may have several sinks.
struct CollectTransaction: Sendable {
    let id: Int
    let sink: String
    let epoch: CheckpointID
    let subtask: Int
    let changes: [CollectedTables.Change]

    init(
        id: Int,
        epoch: CheckpointID,
        subtask: Int,
        sink: String,
        changes: [CollectedTables.Change]
    ) {
        self.id = id
        self.sink = sink
        self.epoch = epoch
        self.subtask = subtask
        self.changes = changes
    }

    /// From what `text` gave; nil when it is something else.
    init?(text: String) {
        let lines = text.split(separator: "\u{2}", omittingEmptySubsequences: false)
        let numbers = lines[0].split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 3, lines.count > 1 else { return nil }
        sink = String(lines[1])
        id = numbers[0]
        epoch = CheckpointID(numbers[1])
        subtask = numbers[2]
        var changes: [CollectedTables.Change] = []
        for line in lines.dropFirst(2) {
            let fields = line.split(separator: "\u{1}", omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            changes.append(
                CollectedTables.Change(
                    isAddition: fields[0] == "+",
                    key: String(fields[1]),
                    text: String(fields[2])
                )
            )
        }
        self.changes = changes
    }

    /// The numbers, the sink, then kind, key and text of each change.
    var text: String {
        var lines = ["\(id) \(epoch) \(subtask)", sink]
        for change in changes {
            lines.append("\(change.isAddition ? "+" : "-")\u{1}\(change.key)\u{1}\(change.text)")
        }
        return lines.joined(separator: "\u{2}")
    }
}
