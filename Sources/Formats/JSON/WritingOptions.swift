/// How SQL values are written as JSON.
struct WritingOptions: Sendable {
    /// What to do with a NULL key of a MAP.
    enum NullKeyMode: String, CaseIterable {
        case fail = "FAIL"
        case drop = "DROP"
        case literal = "LITERAL"
    }

    var isISO = false
    var nullKeyMode = NullKeyMode.fail
    var nullKeyLiteral = "null"
    /// Decimals never in scientific notation.
    var writesPlainDecimals = false
    var omitsNulls = false
}
