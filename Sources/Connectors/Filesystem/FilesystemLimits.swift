/// The named limits of the `filesystem` connector.
enum FilesystemLimits {
    /// Bytes that are read at once: few enough to be in the processor's cache while they are
    /// decoded.
    static let blockBytes = 256 << 10
    /// Room for a block and the record that began in the one before it; grows for longer ones.
    static let blockCapacity = blockBytes + (64 << 10)
    /// Blocks that one call reads before it returns, even without a row: barriers must not wait
    /// for a file without rows.
    static let blocksPerRead = 64
    static let splitBytesDefault: Int64 = 64 << 20
    static let splitBytesMin: Int64 = 1
    /// Folders within folders that are looked into, which ends at cycles of links.
    static let folderDepthMax = 64
}
