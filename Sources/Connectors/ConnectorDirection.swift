package import Columnar
import Core

/// A connector that is only written: whatever reads it is refused in Flink's words.
package protocol SinkOnlyFactory: ConnectorFactory {}

extension SinkOnlyFactory {
    package var canRead: Bool { false }
    package var canWrite: Bool { true }

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        throw notASource
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        throw notASource
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        throw notASource
    }

    private var notASource: ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Connector '\(identifier)' can only be used as a sink. It cannot be used as a source.
            """
        )
    }
}

/// A connector that is only read: whatever writes it is refused in Flink's words.
package protocol SourceOnlyFactory: ConnectorFactory {}

extension SourceOnlyFactory {
    package var canRead: Bool { true }
    package var canWrite: Bool { false }

    package func sink(_ table: TableDefinition) throws(ConnectorError) -> any TableSink {
        throw notASink
    }

    package func makeWriter(
        _ table: TableDefinition,
        _ context: SinkContext
    ) throws(ConnectorError) -> any SinkWriter {
        throw notASink
    }

    private var notASink: ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Connector '\(identifier)' can only be used as a source. It cannot be used as a sink.
            """
        )
    }
}

extension TableDefinition {
    /// Refuses metadata columns, for connectors that have no metadata.
    package func requireNoMetadata() throws(ConnectorError) {
        guard let column = columns.first(where: { $0.metadataKey != nil }) else { return }
        throw ConnectorError(
            blame: .user,
            """
            Table '\(path)' declares the metadata column '\(column.name)', but the connector \
            '\(options["connector"] ?? "")' has no metadata.
            """
        )
    }
}
