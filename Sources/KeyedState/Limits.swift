/// The named limits of this module.
package enum StateLimits {
    /// The largest key and sub-key together.
    package static let keyBytesMax = 1 << 24
    /// A store keeps at least its equal part of the slot's memory divided by this.
    static let leastShare = 4
    /// A store that needs no more memory may grow by what it uses divided by this.
    static let spareShare = 4
    /// How far frozen changes may take memory over its budget: one part in this many.
    static let frozenShare = 8
    /// A segment of a table that has become large.
    static let segmentBytes = 64 << 10
    /// The share of a segment that must be won for its survivors to be moved: one in this many.
    static let worthwhileShare = 4
    /// Garbage below this is not worth a compaction.
    static let garbageBytesMin = 1 << 20
    /// How many keys are looked up together, to overlap their cache misses.
    static let probeBlock = 64
    /// The most keys asked of RocksDB in one call.
    static let multiGetKeys = 256
    /// How many entries behind its fence a key's ordered entries are read from disk at once.
    static let fenceEntries = 128
    /// Rows of one piece while state is copied or migrated.
    static let copyRows = 4096
    /// The size at which a new SST file is begun while state is copied.
    static let copyFileBytes = 64 << 20
    /// Keys that one call of `maintain` reads while it builds filters.
    package static let filterScanKeys = 200_000
}
