/// The named limits of this module.
enum ExpressionLimits {
    /// How long one computed text may become.
    ///
    /// A length that comes from data must not take the memory of the machine.
    static let textBytes = 256 << 20
    /// How long the computed texts of one batch may become together: offsets have 32 bits.
    static let batchTextBytes = Int(Int32.max)
}
