import Columnar
import Formats

/// Decides about records of files that cannot be decoded.
final class FileRecordErrors: UndecodableRecords {
    private let options: RecordErrorOptions
    private let format: any FormatFactory
    private let report: @Sendable (ConnectorReport) -> Void
    /// The file that is being read.
    var path = ""
    private var hasReported = false

    init(
        _ options: RecordErrorOptions,
        _ format: any FormatFactory,
        report: @escaping @Sendable (ConnectorReport) -> Void
    ) {
        self.options = options
        self.format = format
        self.report = report
    }

    var stopsJob: Bool { options.mode == .fail }

    func take(_ record: Span<UInt8>, at offset: Int64, _ error: FormatError) throws(FormatError) {
        switch options.mode {
        case .fail: throw failure(offset, error)
        case .skip: reportFirst(offset, error)
        }
    }

    private func failure(_ offset: Int64, _ error: FormatError) -> FormatError {
        let ignoring =
            format.options.contains { $0.key == "ignore-parse-errors" }
            ? "'\(format.identifier).ignore-parse-errors' = 'true' or " : ""
        return FormatError(
            """
            Cannot decode the record at byte \(offset) of file \(path) as \
            '\(format.identifier)'. Mend the file, or go on without such records with \
            \(ignoring)'error.mode' = 'skip'.
            """,
            cause: error
        )
    }

    private func reportFirst(_ offset: Int64, _ error: FormatError) {
        guard !hasReported else { return }
        hasReported = true
        report(
            ConnectorReport(
                .warning,
                """
                Skipped the record at byte \(offset) of file \(path): \(error.message) More of \
                them are counted.
                """
            )
        )
    }
}
