/// How JSON values become SQL values.
struct ReadingOptions: Sendable {
    /// ISO-8601 timestamps instead of SQL's.
    var isISO = false
    var failsOnMissing = false
    /// Fields that do not convert become NULL.
    var ignoresErrors = false
    /// Whether records are read the way Flink reads change events: into a tree first, which
    /// normalises the text of numbers.
    var readsTrees = false
    /// Whether the table has a DECIMAL: trees then hold exact fractions.
    var hasDecimals = false
    /// What stands for a value that Debezium did not send.
    var placeholder: [UInt8] = []

    /// The byte between date and time.
    var separator: UInt8 { UInt8(ascii: isISO ? "T" : " ") }
}
