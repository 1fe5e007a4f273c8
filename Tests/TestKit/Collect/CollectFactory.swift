package import Columnar
package import Connectors
import Core

/// The `collect` connector: a transactional sink in memory that shows committed rows only.
package struct CollectFactory: SinkOnlyFactory {
    private let tables: CollectedTables

    package init(_ tables: CollectedTables) {
        self.tables = tables
    }

    package var identifier: String { "collect" }

    package var options: [OptionDescription] {
        [OptionDescription("mode", default: "retract", "retract, or upsert by primary key.")]
    }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        CollectSink(isUpsert: try isUpsert(table))
    }

    package func makeWriter(
        _ table: TableDefinition,
        _: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        CollectWriter(tables, table, isUpsert: try isUpsert(table))
    }

    private func isUpsert(_ table: TableDefinition) throws(ConnectorError) -> Bool {
        var options = TableOptions(table)
        let mode = try options.choice("mode", of: ["retract", "upsert"], default: "retract")
        try options.finish(known: self.options)
        return mode == "upsert"
    }
}

private struct CollectSink: TableSink {
    let isUpsert: Bool

    var metadata: [RowField] { [] }

    func requirements(for query: ChangelogMode) -> SinkRequirements {
        SinkRequirements(
            changelogMode: isUpsert ? .upsert : .retract,
            takesKeyOnlyDeletes: isUpsert,
            guarantee: "exactly once"
        )
    }
}

/// Keeps the rows of an epoch to itself until its checkpoint is complete.
private final class CollectWriter: SinkWriter {
    private let tables: CollectedTables
    private let table: TableDefinition
    private let isUpsert: Bool
    private var changes: [CollectedTables.Change] = []
    private var hasRecovered = false
    private var lastEpoch: CheckpointID = 0

    init(_ tables: CollectedTables, _ table: TableDefinition, isUpsert: Bool) {
        self.tables = tables
        self.table = table
        self.isUpsert = isUpsert
        tables.open(table.name, isUpsert: isUpsert)
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

    /// A committable is text: the number of the transaction, then kind, key and text of a change.
    func prepareCommit(_ epoch: CheckpointID) throws(ConnectorError) -> [Committable] {
        try require(hasRecovered && epoch > lastEpoch, "epochs rise")
        lastEpoch = epoch
        guard !changes.isEmpty else { return [] }
        var lines = ["\(tables.newID())"]
        for change in changes {
            lines.append("\(change.isAddition ? "+" : "-")\u{1}\(change.key)\u{1}\(change.text)")
        }
        changes = []
        return [Committable(bytes: Array(lines.joined(separator: "\u{2}").utf8))]
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
            let lines = text.split(separator: "\u{2}", omittingEmptySubsequences: false)
            let id = lines.first.flatMap { Int($0) }
            let changes = lines.dropFirst().map { line in
                let fields = line.split(separator: "\u{1}", omittingEmptySubsequences: false)
                return CollectedTables.Change(
                    isAddition: fields[0] == "+",
                    key: String(fields[1]),
                    text: String(fields[2])
                )
            }
            try require(id != nil, "a committable comes back as it was")
            tables.commit(id ?? 0, changes, to: table.name)
        }
    }

    private func require(_ condition: Bool, _ rule: String) throws(ConnectorError) {
        guard condition else {
            throw ConnectorError(blame: .engine, "The engine broke the rule that \(rule).")
        }
    }

    func close() {}
}
