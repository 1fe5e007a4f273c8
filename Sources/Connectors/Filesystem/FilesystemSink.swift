import Columnar
import Core
import Formats

/// A `filesystem` table as a sink.
struct FilesystemSink: TableSink {
    let options: FilesystemOptions
    let format: any EncodingFormat

    init(_ table: TableDefinition) throws(ConnectorError) {
        options = try FilesystemOptions(table)
        // Virtual columns are only read.
        let written = TableDefinition(
            path: table.path,
            columns: table.columns.filter { !$0.isVirtual },
            options: table.options
        )
        for column in written.columns where column.metadataKey != nil {
            throw ConnectorError(
                blame: .user,
                """
                Table '\(table.path)' declares the metadata column '\(column.name)', which the \
                connector 'filesystem' cannot write: declare it VIRTUAL.
                """
            )
        }
        if options.path.parts.contains(where: NamePattern.hasWildcards) {
            throw ConnectorError(
                blame: .user,
                """
                Table '\(table.path)' is written to, so that its 'path' must be a folder; \
                '\(options.path.text)' is a pattern.
                """
            )
        }
        format = try options.format.encoding(written)
    }

    var metadata: [RowField] { [] }

    func requirements(for query: ChangelogMode) -> SinkRequirements {
        SinkRequirements(
            changelogMode: format.changelogMode,
            takesKeyOnlyDeletes: false,
            guarantee: "exactly once: files become visible when their checkpoint is complete"
        )
    }
}
