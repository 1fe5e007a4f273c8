/// The named limits of the source.
enum CaptureLimits {
    /// The oldest major version of a server that is captured from.
    static let oldestServer = 14
    /// Chunks of the configured size; after each so many the size doubles, so that the list of
    /// chunks of a table of a thousand million rows stays below ten thousand.
    static let chunksBeforeDoubling = 1024
    static let chunkRowsMax = 4_000_000
    /// Keys whose piece the server told us that are remembered.
    static let seamAnswersMax = 20_000
    /// Messages that are looked at together before the server is asked where their keys lie.
    static let seamLookaheadMessages = 512
    /// The longest wait for transactions that may be between their commit record and the moment
    /// when others see them.
    static let commitVisibilityMicroseconds: Int64 = 3_000_000
    /// The pause between two looks at how far the server has flushed its log.
    static let flushPauseMicroseconds: Int64 = 5000
    static let retryInitialMicroseconds: Int64 = 100_000
    static let retryMaximumMicroseconds: Int64 = 10_000_000
    /// How often the server hears from us while we read.
    static let statusMicroseconds: Int64 = 10_000_000
    /// Bytes of values in one batch before it is handed over.
    static let batchBytesMax = 8 << 20
}

/// The named limits of the sink.
enum DeliveryLimits {
    /// How long a sink that takes over waits for the transactions of its predecessors.
    static let fenceSeconds = 10
    /// Rows of one statement.
    static let statementRows = 5000
    /// Bytes of parameters of one statement.
    static let statementBytes = 16 << 20
    /// Bytes of an epoch kept in memory before they are compacted, then written to disk.
    static let epochBytesMax: Int64 = 64 << 20
    /// The longest wait for rows of the same checkpoint that another writer delivers.
    static let otherWritersMicroseconds: Int64 = 10_000_000
    static let retryInitialMicroseconds: Int64 = 50_000
    static let retryMaximumMicroseconds: Int64 = 5_000_000
}
