/// What happens to records that cannot be decoded: `error.*`.
package struct RecordErrorOptions: Hashable, Sendable {
    /// The words of `error.mode`.
    package enum Mode: String, CaseIterable, Sendable {
        case fail
        case skip
    }

    package let mode: Mode

    package init(_ options: inout TableOptions) throws(ConnectorError) {
        let word = try options.choice(
            "error.mode",
            of: Mode.allCases.map(\.rawValue),
            default: Mode.fail.rawValue
        )
        mode = Mode(rawValue: word) ?? .fail
    }

    package static let descriptions = [
        OptionDescription(
            "error.mode",
            default: "fail",
            """
            What happens to a record that cannot be decoded: 'fail' ends the job, 'skip' counts \
            it and goes on.
            """
        )
    ]
}
