package import Columnar

/// Makes the sources and sinks of one connector; `identifier` is the `connector` option.
package protocol ConnectorFactory: Sendable {
    var identifier: String { get }
    /// Every option, for messages that name the nearest one and for the generated tables of docs.
    var options: [OptionDescription] { get }
    var canRead: Bool { get }
    var canWrite: Bool { get }

    /// Checks the options of a table that is read.
    func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource

    /// The enumerator for tables that share one source; one request for each output.
    func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator

    /// A reader for tables that share one source; one request for each output.
    func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader

    /// Checks the options of a table that is written.
    func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink

    /// A writer of one subtask.
    func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter
}

/// One option of a connector or format, as documentation shows it.
package struct OptionDescription: Hashable, Sendable {
    package let key: String
    /// Nil when the option must be given or has no value unless given.
    package let defaultValue: String?
    package let isRequired: Bool
    package let summary: String

    package init(
        _ key: String,
        default defaultValue: String? = nil,
        required: Bool = false,
        _ summary: String
    ) {
        self.key = key
        self.defaultValue = defaultValue
        isRequired = required
        self.summary = summary
    }
}
