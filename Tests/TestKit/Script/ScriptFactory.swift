package import Columnar
package import Connectors
import Core

/// The `script` connector: tables that are sent the steps of a script.
package struct ScriptFactory: SourceOnlyFactory {
    private let find: @Sendable (_ file: String) throws(ConnectorError) -> Script

    /// All tables are sent one script.
    package init(_ script: Script) {
        find = { _ in script }
    }

    /// Tables name the files of their scripts.
    package init(_ files: ScriptFiles) {
        find = { file throws(ConnectorError) in try files.script(file) }
    }

    package var identifier: String { "script" }

    package var options: [OptionDescription] {
        [
            OptionDescription("changelog-mode", default: "I", "The kinds of rows: I,UB,UA,D."),
            OptionDescription("splits", default: "3", "How many readers can share a step."),
            OptionDescription("split-by", default: "0", "The column by which rows are dealt."),
            OptionDescription("file", default: "", "The script, where it is not in memory."),
        ]
    }

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        try ScriptTable(table, options)
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        let table = try ScriptTable(requests[0].table, options)
        return ScriptEnumerator(try find(table.file), table, parallelism: context.parallelism)
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        let table = try ScriptTable(requests[0].table, options)
        return ScriptReader(
            try find(table.file),
            table,
            columns: requests[0].projection.paths.map { $0[0] },
            batchRows: context.batchRows
        )
    }
}

/// A `script` table.
struct ScriptTable: TableSource {
    let definition: TableDefinition
    let changelogMode: ChangelogMode
    let splits: Int
    /// Rows that agree in this column keep their order.
    let keyColumn: Int
    let file: String

    init(_ table: TableDefinition, _ known: [OptionDescription]) throws(ConnectorError) {
        var options = TableOptions(table)
        let words: [String: ChangelogMode] = [
            "I": .insert, "UB": .updateBefore, "UA": .updateAfter, "D": .delete,
        ]
        let mode = options.text("changelog-mode") ?? "I"
        changelogMode = ChangelogMode(mode.split(separator: ",").compactMap { words[String($0)] })
        splits = try options.integer("splits", in: 1...100) ?? 3
        keyColumn = try options.integer("split-by", in: 0...table.columns.count - 1) ?? 0
        file = options.text("file") ?? ""
        try options.finish(known: known)
        try table.requireNoMetadata()
        definition = table
    }

    var isBounded: Bool { true }
    var metadata: [RowField] { [] }
    var sharingKey: String? { nil }
}
