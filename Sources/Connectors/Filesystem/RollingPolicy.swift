/// When a part file is closed before its checkpoint: `sink.rolling-policy.*`.
struct RollingPolicy: Hashable, Sendable {
    let bytesMax: Int64
    let ageMicrosecondsMax: Int64

    init(_ options: inout TableOptions) throws(ConnectorError) {
        let prefix = "sink.rolling-policy"
        bytesMax =
            try options.bytes("\(prefix).file-size") ?? FilesystemLimits.partBytesDefault
        ageMicrosecondsMax =
            try options.microseconds("\(prefix).rollover-interval")
            ?? FilesystemLimits.rolloverMicrosecondsDefault
        _ = try options.microseconds("\(prefix).check-interval")
        _ = try options.microseconds("\(prefix).inactivity-interval")
        _ = try options.integer("sink.parallelism", in: 1...32_768)
    }

    static let descriptions = [
        OptionDescription(
            "sink.rolling-policy.file-size",
            default: "128 mb",
            "A file of this size is closed and a new one begun; each checkpoint does so, too."
        ),
        OptionDescription(
            "sink.rolling-policy.rollover-interval",
            default: "30 min",
            "A file that has been open for so long is closed with the next rows."
        ),
        OptionDescription(
            "sink.rolling-policy.check-interval",
            default: "1 min",
            "Accepted for Flink's sake: files are closed with rows and checkpoints."
        ),
        OptionDescription(
            "sink.rolling-policy.inactivity-interval",
            default: "30 min",
            "Accepted for Flink's sake: every checkpoint closes the files."
        ),
        OptionDescription(
            "sink.parallelism",
            "Accepted for Flink's sake: there is one writer for each slot of the job."
        ),
    ]
}
