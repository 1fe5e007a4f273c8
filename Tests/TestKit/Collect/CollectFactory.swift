package import Columnar
package import Connectors
import Core

/// The `collect` connector: a transactional sink that shows committed rows only.
package struct CollectFactory: SinkOnlyFactory {
    private let find: @Sendable (_ folder: String) -> any CollectStore

    /// All tables are kept in memory.
    package init(_ tables: CollectedTables) {
        find = { _ in tables }
    }

    /// Tables name the folders that they are kept in.
    package init() {
        find = { CollectFolder($0) }
    }

    package var identifier: String { "collect" }

    package var options: [OptionDescription] {
        [
            OptionDescription("mode", default: "retract", "retract, or upsert by primary key."),
            OptionDescription("folder", default: "", "Where rows go that are not in memory."),
        ]
    }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        CollectSink(isUpsert: try read(table).isUpsert)
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        let (isUpsert, folder) = try read(table)
        return try CollectWriter(find(folder), table, isUpsert: isUpsert, context)
    }

    private func read(
        _ table: TableDefinition
    ) throws(ConnectorError) -> (isUpsert: Bool, folder: String) {
        var options = TableOptions(table)
        let mode = try options.choice("mode", of: ["retract", "upsert"], default: "retract")
        let folder = options.text("folder") ?? ""
        try options.finish(known: self.options)
        return (mode == "upsert", folder)
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
