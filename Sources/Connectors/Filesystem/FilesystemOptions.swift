import Columnar
import Core
import Expressions

/// In which order the files of a table are read.
enum FileOrder: String, CaseIterable, Sendable {
    /// By one reader, one after the other, sorted by path.
    case sequential
    /// By all readers.
    case parallel
}

/// The options of one `filesystem` table.
struct FilesystemOptions: Sendable {
    let path: FilePath
    let format: TableFormat
    /// How often new files are looked for; nil for a table that ends.
    let monitorMicroseconds: Int64?
    let pathPattern: String?
    /// The size of parts; nil: large files are divided only if there are too few for all readers.
    let splitBytes: Int64?
    /// Nil: sequential where a change may need an earlier one.
    let order: FileOrder?
    let errors: RecordErrorOptions
    let deadLetterFolder: FilePath?
    let rolling: RollingPolicy

    init(_ table: TableDefinition) throws(ConnectorError) {
        var options = TableOptions(table)
        path = try Self.path(&options)
        format = try TableFormat(table, &options)
        monitorMicroseconds = try Self.monitorMicroseconds(&options)
        pathPattern = try Self.pattern(&options)
        splitBytes = try options.bytes("source.split-size")
            .map { max(FilesystemLimits.splitBytesMin, $0) }
        order = try Self.order(&options)
        _ = try options.choice("source.report-statistics", of: ["all", "none"], default: "all")
        errors = try RecordErrorOptions(&options)
        deadLetterFolder = try Self.deadLetterFolder(&options, errors, path)
        rolling = try RollingPolicy(&options)
        try options.finish(known: FilesystemFactory.optionList + format.descriptions)
    }

    private static func path(_ options: inout TableOptions) throws(ConnectorError) -> FilePath {
        try path(&options, "path", try options.required("path"))
    }

    private static func path(
        _ options: inout TableOptions,
        _ key: String,
        _ given: String
    ) throws(ConnectorError) -> FilePath {
        do throws(FilePath.Invalid) {
            return try FilePath(given)
        } catch {
            throw options.invalid(key, given, error.reason)
        }
    }

    /// The folder of dead letters, which must not be read as rows.
    private static func deadLetterFolder(
        _ options: inout TableOptions,
        _ errors: RecordErrorOptions,
        _ source: FilePath
    ) throws(ConnectorError) -> FilePath? {
        guard let given = errors.deadLetterPath else { return nil }
        let folder = try path(&options, "error.dead-letter.path", given)
        guard !"\(folder.text)/".hasPrefix("\(source.text)/") else {
            throw options.invalid(
                "error.dead-letter.path",
                given,
                "It lies in 'path', so that dead letters would be read as records."
            )
        }
        return folder
    }

    private static func monitorMicroseconds(
        _ options: inout TableOptions
    ) throws(ConnectorError) -> Int64? {
        let key = "source.monitor-interval"
        guard let interval = try options.microseconds(key) else { return nil }
        guard interval > 0 else {
            throw options.invalid(
                key,
                options.text(key) ?? "",
                "The interval must be above zero; leave it out to read the files once."
            )
        }
        return interval
    }

    private static func pattern(
        _ options: inout TableOptions
    ) throws(ConnectorError) -> String? {
        let key = "source.path.regex-pattern"
        guard let pattern = options.text(key) else { return nil }
        do throws(WholeTextPattern.Invalid) {
            _ = try WholeTextPattern(pattern)
        } catch {
            throw options.invalid(key, pattern, "It is no regular expression: \(error.reason).")
        }
        return pattern
    }

    private static func order(_ options: inout TableOptions) throws(ConnectorError) -> FileOrder? {
        let words = FileOrder.allCases.map(\.rawValue)
        let word = try options.choice("source.file-order", of: words + ["auto"], default: "auto")
        return FileOrder(rawValue: word)
    }

    var discovery: FileDiscovery {
        get throws(ConnectorError) {
            do throws(WholeTextPattern.Invalid) {
                return FileDiscovery(path, pattern: try pathPattern.map(WholeTextPattern.init))
            } catch {
                throw ConnectorError(blame: .user, error.reason)
            }
        }
    }
}
