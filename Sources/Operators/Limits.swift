/// The named limits of this module.
enum JoinLimits {
    /// Pairs of rows that are formed before they are sent.
    static let pairs = 8_192
    /// About how many bytes of varying length they may have: a column holds less than 2 GB.
    static let pieceBytes = 256 << 20
}
