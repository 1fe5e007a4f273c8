/// What happens to records that cannot be decoded: `error.*`.
package struct RecordErrorOptions: Hashable, Sendable {
    /// The words of `error.mode`.
    package enum Mode: String, CaseIterable, Sendable {
        case fail
        case skip
        case deadLetter = "dead-letter"
    }

    package let mode: Mode
    /// Where dead letters go, as it was given; there exactly in the mode of that name.
    package let deadLetterPath: String?

    private static let modeKey = "error.mode"
    private static let pathKey = "error.dead-letter.path"

    package init(_ options: inout TableOptions) throws(ConnectorError) {
        let word = try options.choice(
            Self.modeKey,
            of: Mode.allCases.map(\.rawValue),
            default: Mode.fail.rawValue
        )
        let mode = Mode(rawValue: word) ?? .fail
        let path = options.text(Self.pathKey)
        if let path, mode != .deadLetter {
            throw options.invalid(
                Self.pathKey,
                path,
                "It needs '\(Self.modeKey)' = '\(Mode.deadLetter.rawValue)'."
            )
        }
        self.mode = mode
        deadLetterPath = mode == .deadLetter ? try options.required(Self.pathKey) : nil
    }

    package static let descriptions = [
        OptionDescription(
            modeKey,
            default: Mode.fail.rawValue,
            """
            What happens to a record that cannot be decoded: 'fail' ends the job, 'skip' counts \
            it and goes on, 'dead-letter' also keeps it.
            """
        ),
        OptionDescription(
            pathKey,
            """
            The folder for dead letters: files of JSON lines with the place, the error and the \
            raw bytes of each record, exactly once.
            """
        ),
    ]
}
