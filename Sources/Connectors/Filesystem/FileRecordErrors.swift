import Columnar
import Core
import Formats
import FoundationEssentials

/// Decides about records of files that cannot be decoded.
final class FileRecordErrors: UndecodableRecords {
    private let source: FilesystemSource
    private let jobID: JobID
    private let report: @Sendable (ConnectorReport) -> Void
    private var path = ""
    /// The dead letters of the part that is read; only in the mode of that name.
    private(set) var deadLetters: DeadLetterFile?
    private var hasReported = false

    init(_ source: FilesystemSource, _ context: SourceContext) {
        self.source = source
        jobID = context.jobID
        report = context.report
    }

    var stopsJob: Bool { source.options.errors.mode == .fail }

    /// Another part of a file is read from now on.
    func begin(_ split: FileSplit) throws(ConnectorError) {
        path = split.path
        guard let folder = source.options.deadLetterFolder else { return }
        deadLetters = try DeadLetterFile(
            folder: folder.text,
            owner: "\(jobID) \(source.table.path)",
            split
        )
    }

    func take(_ record: Span<UInt8>, at offset: Int64, _ error: FormatError) throws(FormatError) {
        if stopsJob { throw failure(offset, error) }
        if let deadLetters {
            do throws(ConnectorError) {
                try deadLetters.add(letter(record, offset, error))
            } catch {
                throw FormatError(blame: error.blame, error.message, cause: error.cause)
            }
        }
        reportFirst(offset, error)
    }

    private func letter(
        _ record: Span<UInt8>,
        _ offset: Int64,
        _ error: FormatError
    ) -> DeadLetter {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(record.count)
        for index in record.indices { bytes.append(record[index]) }
        return DeadLetter(
            file: path,
            offset: offset,
            error: error.message,
            bytes: Data(bytes),
            text: String(validating: bytes, as: UTF8.self)
        )
    }

    private func failure(_ offset: Int64, _ error: FormatError) -> FormatError {
        let format = source.options.format.factory
        let ignoring =
            format.options.contains { $0.key == "ignore-parse-errors" }
            ? "'\(format.identifier).ignore-parse-errors' = 'true', or " : ""
        return FormatError(
            """
            Cannot decode the record at byte \(offset) of file \(path) as \
            '\(format.identifier)'. Mend the file, or go on without such records: with \
            \(ignoring)with 'error.mode' = 'dead-letter' and a folder in \
            'error.dead-letter.path' that keeps them.
            """,
            cause: error
        )
    }

    private func reportFirst(_ offset: Int64, _ error: FormatError) {
        guard !hasReported else { return }
        hasReported = true
        let place = deadLetters.map { " It is kept in \($0.path)." } ?? ""
        report(
            ConnectorReport(
                .warning,
                """
                Skipped the record at byte \(offset) of file \(path): \(error.message)\(place) \
                More of them are counted.
                """
            )
        )
    }
}
