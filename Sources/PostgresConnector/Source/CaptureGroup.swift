import Columnar
import Connectors
import Core

/// One table of the script as capture reads it; there is one for each output of the source.
struct CapturedTable: Sendable {
    let output: Int
    /// Names the output across restarts: schema, table and which scan of it this is.
    let id: String
    let definition: TableDefinition
    let projection: ScanProjection
    let options: CaptureOptions

    /// The metadata or physical column behind each output column.
    enum OutputKind: Hashable, Sendable {
        case column(Int)
        case metadata(CaptureMetadata)
    }

    let outputs: [OutputKind]

    init(
        _ request: SourceRequest,
        output: Int,
        scan: Int,
        _ options: CaptureOptions
    ) throws(ConnectorError) {
        self.output = output
        self.options = options
        definition = request.table
        projection = request.projection
        id = "\(options.schemaName).\(options.tableName)" + (scan == 0 ? "" : "#\(scan)")
        var outputs: [OutputKind] = []
        for path in request.projection.paths {
            let column = request.table.columns[path[0]]
            guard let key = column.metadataKey else {
                outputs.append(.column(path[0]))
                continue
            }
            guard let metadata = CaptureMetadata(rawValue: key) else {
                throw Self.unknownMetadata(key, request.table)
            }
            outputs.append(.metadata(metadata))
        }
        self.outputs = outputs
    }

    private static func unknownMetadata(
        _ key: String,
        _ table: TableDefinition
    ) -> ConnectorError {
        let keys = CaptureMetadata.allCases.map(\.rawValue).filter { !$0.hasPrefix("$") }
        return ConnectorError(
            blame: .user,
            """
            Table '\(table.path)' declares the metadata '\(key)', which 'postgres-cdc' does not \
            have.\(NearestName.hint(key, in: keys)) It has: \(keys.joined(separator: ", ")).
            """
        )
    }

    /// Positions in the definition of the physical columns that are read, without repeats.
    var readColumns: [Int] {
        var seen: Set<Int> = []
        return outputs.compactMap {
            guard case .column(let index) = $0, seen.insert(index).inserted else { return nil }
            return index
        }
    }

    var primaryKeyNames: [String] { definition.primaryKey.map { definition.columns[$0].name } }

    var qualifiedName: String { options.qualifiedName }
}

/// The tables that one source reads over one slot.
struct CaptureGroup: Sendable {
    let tables: [CapturedTable]
    /// What all tables agree on: the server, the slot, the publication, the way to start.
    let options: CaptureOptions

    init(_ requests: [SourceRequest]) throws(ConnectorError) {
        var tables: [CapturedTable] = []
        var scans: [String: Int] = [:]
        for (output, request) in requests.enumerated() {
            let options = try CaptureOptions(request.table)
            let scan = scans[options.qualifiedName, default: 0]
            scans[options.qualifiedName] = scan + 1
            tables.append(try CapturedTable(request, output: output, scan: scan, options))
        }
        guard let first = tables.first else {
            preconditionFailure("a capture reads at least one table")
        }
        for table in tables.dropFirst() { try Self.compare(first, table) }
        self.tables = tables
        options = first.options
    }

    /// Refuses tables that share a slot but want it differently.
    private static func compare(
        _ first: CapturedTable,
        _ other: CapturedTable
    ) throws(ConnectorError) {
        let pairs: [(String, String, String)] = [
            (
                "scan.startup.mode", first.options.startupMode.rawValue,
                other.options.startupMode.rawValue
            ),
            (
                "debezium.publication.name", first.options.publicationName ?? "",
                other.options.publicationName ?? ""
            ),
            (
                "debezium.publication.autocreate.mode", first.options.publicationMode.rawValue,
                other.options.publicationMode.rawValue
            ),
            ("username", first.options.address.user, other.options.address.user),
        ]
        for (key, left, right) in pairs where left != right {
            throw ConnectorError(
                blame: .user,
                """
                Tables '\(first.definition.path)' and '\(other.definition.path)' share a \
                replication slot but differ in the option '\(key)': '\(left)' and '\(right)'. \
                Make them equal, or give one of the tables its own 'slot.name'.
                """
            )
        }
    }

    /// The slot's name for a job that starts afresh.
    func slotName(jobID: JobID) -> String {
        if let name = options.slotName { return name }
        let database = options.address.database.lowercased().utf8.map { byte -> Character in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            return isPlain ? Character(Unicode.Scalar(byte)) : "_"
        }
        let job = jobID.text.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return "apus_\(job.prefix(16))_\(String(database.prefix(32)))"
    }
}
