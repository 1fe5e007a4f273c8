/// Bounds of this module.
package enum FormatLimits {
    /// The deepest nesting of a JSON record, as Jackson's default.
    package static let jsonDepthMax = 1000
    /// The longest record that a reader keeps in memory.
    package static let recordBytesMax = 256 << 20
    /// Keys of one JSON object whose order is remembered.
    static let predictedKeysMax = 512
    /// How much of a record a message shows.
    static let shownRecordBytesMax = 4096
    /// Rows of one batch.
    static let batchRowsMax = 1 << 16
}
