/// The named limits of the generators.
enum Limits {
    /// Rows that the lists of things that events refer to hold at least; made first.
    static let customersMin = 1000
    static let contentMin = 500
    static let productsMin = 200
    /// Rows of existing tables that a generator takes up at most.
    static let resumedRowsMax = 100_000
    /// Changes of one call of the writer.
    static let pipelineChangesMax = 1000
    /// The longest sleep before the clock is looked at again.
    static let pauseMicrosecondsMax: Int64 = 200_000
    /// The shortest sleep: many small writes are put together.
    static let pauseMicrosecondsMin: Int64 = 2000
    /// Bytes of lines that are written to a file at once.
    static let fileBlockBytes = 1 << 20
    static let filesMax = 1024
}
