/// The named limits of this module.
package enum CheckpointLimits {
    /// How much of a file is read at once.
    static let blockBytes = 1 << 20
    /// Larger files are compared with their checksums by way of a temporary file.
    package static let verifiedInMemoryBytes: Int64 = 64 << 20
    /// How many claims of leaders, and marks of what they started from, stay.
    static let marksKept = 16
    /// The largest header line of a manifest.
    static let headerBytesMax = 512
}
