/// The named limits of this module.
enum ConnectorLimits {
    /// Bytes of lines that a `print` writer gathers before it writes them.
    static let printBytesMax = 64 << 10
}
