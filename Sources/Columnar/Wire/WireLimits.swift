/// The named limits of the wire form.
package enum WireLimits {
    /// Rows of one batch on the wire; a larger batch travels in pieces.
    package static let rowsMax = 1 << 20
    /// Rows of a nested column that takes no bytes on the wire because all of them are NULL.
    package static let byteFreeRowsMax = 1 << 24
}
