import Columnar
import Connectors
import Core

/// Keeps the rows of an epoch to itself until its checkpoint is complete.
final class CollectWriter: SinkWriter {
    private let store: any CollectStore
    private let table: TableDefinition
    private let isUpsert: Bool
    private let subtask: Int
    private let sink: String
    private var changes: [CollectedTables.Change] = []
    private var hasRecovered = false
    private var lastEpoch: CheckpointID = 0

    init(
        _ store: any CollectStore,
        _ table: TableDefinition,
        isUpsert: Bool,
        _ context: SinkContext
    ) throws(ConnectorError) {
        self.store = store
        self.table = table
        self.isUpsert = isUpsert
        subtask = context.subtask
        sink = context.uid.text
        try store.open(table.name, isUpsert: isUpsert)
    }

    func write(_ batch: RecordBatch) throws(ConnectorError) {
        try require(hasRecovered, "rows come after 'recover'")
        let keyColumns = isUpsert ? table.primaryKey : Array(table.columns.indices)
        let keys = batch.project(keyColumns).printedRows
        let texts = batch.printedRows
        for row in 0..<batch.count {
            let kind = batch.kinds[row]
            let isDeleted = kind == .delete || kind == .updateBefore
            changes.append(
                CollectedTables.Change(
                    isAddition: !isDeleted,
                    key: String(keys[row].dropFirst(2)),
                    // A delete may come with its key only.
                    text: isUpsert && isDeleted ? keys[row] : texts[row]
                )
            )
        }
    }

    func flush() {}

    func prepareCommit(_ epoch: CheckpointID) throws(ConnectorError) -> [Committable] {
        try require(hasRecovered && epoch > lastEpoch, "epochs rise")
        lastEpoch = epoch
        guard !changes.isEmpty else { return [] }
        let transaction = CollectTransaction(
            id: store.newID(),
            epoch: epoch,
            subtask: subtask,
            sink: sink,
            changes: changes
        )
        changes = []
        return [Committable(bytes: Array(transaction.text.utf8))]
    }

    func commit(_ epoch: CheckpointID, _ committables: [Committable]) throws(ConnectorError) {
        try require(epoch <= lastEpoch, "what is committed was prepared")
        try commit(committables)
    }

    func recover(
        _: CheckpointID?,
        _ committables: [Committable]
    ) throws(ConnectorError) {
        try require(!hasRecovered && changes.isEmpty, "'recover' is the first call")
        hasRecovered = true
        try commit(committables)
    }

    private func commit(_ committables: [Committable]) throws(ConnectorError) {
        for committable in committables {
            let text = String(decoding: committable.bytes, as: UTF8.self)
            let transaction = CollectTransaction(text: text)
            try require(transaction != nil, "a committable comes back as it was")
            if let transaction { try store.commit(transaction, to: table.name) }
        }
    }

    private func require(_ condition: Bool, _ rule: String) throws(ConnectorError) {
        guard condition else {
            throw ConnectorError(blame: .engine, "The engine broke the rule that \(rule).")
        }
    }

    func close() {}
}
