import Core
import Columnar
import Formats

/// A `filesystem` table as a source.
struct FilesystemSource: TableSource {
    let table: TableDefinition
    let options: FilesystemOptions
    let format: any DecodingFormat
    /// The table as its format sees it: keys of metadata without their prefix.
    let formatTable: TableDefinition

    init(_ table: TableDefinition) throws(ConnectorError) {
        self.table = table
        options = try FilesystemOptions(table)
        formatTable = Self.formatTable(table)
        format = try options.format.decoding(formatTable)
        try checkMetadata()
    }

    var changelogMode: ChangelogMode { format.changelogMode }
    var isBounded: Bool { options.monitorMicroseconds == nil }
    var sharingKey: String? { nil }

    var metadata: [RowField] {
        FileMetadata.allCases.map { RowField($0.rawValue, $0.type) }
            + format.metadata.map { RowField(FileMetadata.formatPrefix + $0.name, $0.type) }
    }

    /// Whether one reader reads all files, one after the other.
    var isSequential: Bool {
        switch options.order {
        case .sequential: true
        case .parallel: false
        case nil: changelogMode != .append
        }
    }

    /// Whether a file may be read from any byte on: changes of one file stay in order.
    var isSplittable: Bool {
        format.isSplittable && changelogMode == .append && !isSequential
    }

    private static func formatTable(_ table: TableDefinition) -> TableDefinition {
        let prefix = FileMetadata.formatPrefix
        return TableDefinition(
            path: table.path,
            columns: table.columns.map { column in
                guard let key = column.metadataKey, key.hasPrefix(prefix) else { return column }
                return TableColumn(
                    column.name,
                    column.type,
                    metadataKey: String(key.dropFirst(prefix.count)),
                    isVirtual: column.isVirtual
                )
            },
            primaryKey: table.primaryKey,
            options: table.options
        )
    }

    private func checkMetadata() throws(ConnectorError) {
        let known = metadata
        for column in table.columns {
            guard let key = column.metadataKey else { continue }
            guard let field = known.first(where: { $0.name == key }) else {
                throw unknownMetadata(key, column, known)
            }
            guard FileMetadata.fits(column.type, field.type) else {
                throw ConnectorError(
                    blame: .user,
                    """
                    Invalid data type for metadata column '\(column.name)' of table \
                    '\(table.path)'. The column is declared as '\(column.type)', and the \
                    metadata '\(key)' is of type '\(field.type)': declare it so, and CAST it \
                    in the query.
                    """
                )
            }
        }
    }

    private func unknownMetadata(
        _ key: String,
        _ column: TableColumn,
        _ known: [RowField]
    ) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Invalid metadata key '\(key)' in column '\(column.name)' of table '\(table.path)'. \
            The DynamicTableSource class \
            'org.apache.flink.connector.file.table.FileSystemTableSource' supports the following \
            metadata keys for reading:
            \(known.map(\.name).joined(separator: "\n"))
            """
        )
    }
}
