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
    /// Bytes of dead letters that are written together.
    static let deadLetterBytesMax = 1 << 20
    /// Folders within folders that are looked into, which ends at cycles of links.
    static let folderDepthMax = 64
    /// A part file that has grown to this size is closed.
    static let partBytesDefault: Int64 = 128 << 20
    /// A part file is closed after this time, even without a checkpoint.
    static let rolloverMicrosecondsDefault: Int64 = 30 * 60 * 1_000_000
}
