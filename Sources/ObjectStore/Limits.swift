/// The named limits of this module.
package enum StoreLimits {
    /// How old an unfinished file must be to count as left behind by a crash.
    package static let abandonedFileSeconds: Int64 = 3600
    /// How often a write makes its folder again that a deletion took away under it.
    package static let folderAttempts = 5
}
