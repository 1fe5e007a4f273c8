package import Columnar
import Core

/// The `print` connector: writes each change as a line to the standard output, as Flink does.
package struct PrintFactory: SinkOnlyFactory {
    private let output: (any LineOutput)?

    /// A factory whose lines go to the standard streams, or to `output` instead.
    package init(output: (any LineOutput)? = nil) {
        self.output = output
    }

    package var identifier: String { "print" }
    package var options: [OptionDescription] { Self.optionList }

    static let optionList: [OptionDescription] = [
        OptionDescription("print-identifier", "A name in front of each line, as 'name> '."),
        OptionDescription(
            "standard-error",
            default: "false",
            "Writes to the standard error instead of the standard output."
        ),
        OptionDescription(
            "sink.parallelism",
            "Accepted for Flink's sake: a sink has the parallelism of its job."
        ),
    ]

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        _ = try PrintOptions(table)
        try table.requireNoMetadata()
        return PrintSink()
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        let options = try PrintOptions(table)
        return PrintWriter(
            prefix: options.prefix(subtask: context.subtask, of: context.parallelism),
            to: output ?? options.stream
        )
    }
}

/// The options of one `print` table.
struct PrintOptions {
    let name: String
    let stream: StandardStream

    init(_ table: TableDefinition) throws(ConnectorError) {
        var options = TableOptions(table)
        name = options.text("print-identifier") ?? ""
        stream = try options.bool("standard-error", default: false) ? .error : .output
        _ = try options.integer("sink.parallelism", in: 1...32_768)
        try options.finish(known: PrintFactory.optionList)
    }

    /// What stands in front of each line: `name:2> `, `name> `, `2> ` or nothing.
    ///
    /// As Flink's `PrintSinkOutputWriter`: subtasks count from 1 and are named if there are several.
    func prefix(subtask: Int, of parallelism: Int) -> String {
        let number = parallelism > 1 ? "\(subtask + 1)" : ""
        let separator = name.isEmpty || number.isEmpty ? "" : ":"
        let prefix = name + separator + number
        return prefix.isEmpty ? "" : prefix + "> "
    }
}

/// A `print` table as the planner sees it: it takes what the query gives, old images included.
struct PrintSink: TableSink {
    var metadata: [RowField] { [] }

    func requirements(for query: ChangelogMode) -> SinkRequirements {
        SinkRequirements(
            changelogMode: query.contains(.updateAfter) ? query.union(.updateBefore) : query,
            takesKeyOnlyDeletes: false,
            guarantee: "at least once: rows behind the last checkpoint are printed again after a "
                + "crash"
        )
    }
}
