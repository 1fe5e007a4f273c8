package import Columnar
package import Connectors
import Core

/// The `print-upsert` connector: declares `+I +U -D` with key-only deletes, and prints.
///
/// It shows what an upsert sink such as jdbc is given.
package struct UpsertPrintFactory: SinkOnlyFactory {
    private let print: PrintFactory

    package init(output: any LineOutput) {
        print = PrintFactory(output: output)
    }

    package var identifier: String { "print-upsert" }
    package var options: [OptionDescription] { print.options }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        _ = try print.sink(table)
        return UpsertPrintSink()
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        try print.makeWriter(table, context)
    }
}

private struct UpsertPrintSink: TableSink {
    var metadata: [RowField] { [] }

    func requirements(for _: ChangelogMode) -> SinkRequirements {
        SinkRequirements(
            changelogMode: [.insert, .updateAfter, .delete],
            takesKeyOnlyDeletes: true,
            guarantee: "none: rows are only printed"
        )
    }
}
