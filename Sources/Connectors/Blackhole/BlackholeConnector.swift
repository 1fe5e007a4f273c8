package import Columnar
import Core

/// The `blackhole` connector: takes every row and drops it, to measure a query without its sink.
package struct BlackholeFactory: SinkOnlyFactory {
    package init() {}

    package var identifier: String { "blackhole" }
    package var options: [OptionDescription] { [] }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        try TableOptions(table).finish(known: options)
        try table.requireNoMetadata()
        return BlackholeSink()
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        BlackholeWriter()
    }
}

/// A `blackhole` table as the planner sees it: as in Flink it has no use for `-U`.
struct BlackholeSink: TableSink {
    var metadata: [RowField] { [] }

    func requirements(for query: ChangelogMode) -> SinkRequirements {
        SinkRequirements(
            changelogMode: query.subtracting(.updateBefore),
            takesKeyOnlyDeletes: true,
            guarantee: "none: every row is dropped"
        )
    }
}

/// Drops rows.
final class BlackholeWriter: SinkWriter {
    func write(_: RecordBatch) {}
    func flush() {}
    func prepareCommit(_: CheckpointID) -> [Committable] { [] }
    func commit(_: CheckpointID, _: [Committable]) {}
    func recover(_: CheckpointID?, _: [Committable]) {}
    func close() {}
}
