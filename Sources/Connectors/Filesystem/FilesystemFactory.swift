package import Columnar
import Core

/// The `filesystem` connector: files of records, one record a line.
package struct FilesystemFactory: ConnectorFactory {
    package init() {}

    package var identifier: String { "filesystem" }
    package var canRead: Bool { true }
    package var canWrite: Bool { true }
    package var options: [OptionDescription] { Self.optionList }

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        try FilesystemSource(table)
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        try FileEnumerator(try FilesystemSource(try Self.only(requests).table), context)
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        try FileReader(try Self.only(requests), context)
    }

    private static func only(
        _ requests: [SourceRequest]
    ) throws(ConnectorError) -> SourceRequest {
        guard let request = requests.first, requests.count == 1 else {
            throw ConnectorError(
                blame: .engine,
                "a 'filesystem' source reads one table, not \(requests.count)"
            )
        }
        return request
    }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        try FilesystemSink(table)
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        try FileWriter(table, context)
    }

    static let optionList: [OptionDescription] =
        [
            OptionDescription(
                "path",
                required: true,
                """
                A file, a folder with folders in it, or a pattern with *, ?, [a-z] and ** (any \
                number of folders), as a path or a file:// URL; for a sink, a folder.
                """
            ),
            OptionDescription("format", required: true, "The format of the records."),
            OptionDescription(
                "source.monitor-interval",
                "How often new files are looked for; without it the files are read once."
            ),
            OptionDescription(
                "source.path.regex-pattern",
                "Leaves out files whose absolute path this regular expression does not match."
            ),
            OptionDescription(
                "source.split-size",
                """
                The size of the parts that large files are read in, by several readers. Without \
                it, parts of 64 mb where there are fewer files than readers, and else whole files.
                """
            ),
            OptionDescription(
                "source.file-order",
                default: "auto",
                """
                'sequential': one reader reads all files whole, sorted by path; 'parallel': all \
                readers share them. 'auto' is sequential for formats with updates and deletes.
                """
            ),
            OptionDescription(
                "source.report-statistics",
                default: "all",
                "Accepted for Flink's sake; has no effect."
            ),
        ] + RecordErrorOptions.descriptions + RollingPolicy.descriptions
}
