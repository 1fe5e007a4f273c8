/// Where the parts of a record stand, in bytes from its start.
///
/// ```
/// 0 hash u64 · 8 freeze u32 · 12 dirty place u32 · 16 key length u32 · 20 row length u32
/// 24 size in units u32 · 28 flags u32 · 32 key · row · room for the row to grow
/// ```
///
/// `freeze` is the number of the freeze that holds, or will hold, the last change; 0 if the record
/// is as RocksDB has it. A record is on disk as it is, and may leave memory, when that freeze has
/// been persisted. Multimaps put their own fields behind byte 32.
enum Record {
    static let hash = 0
    static let freeze = 8
    static let dirtyPlace = 12
    static let keyLength = 16
    static let rowLength = 20
    static let units = 24
    static let flags = 28
    static let header = 32

    /// The number of units that a record of so many bytes takes.
    @inline(__always)
    static func unitCount(_ bytes: Int) -> Int { (bytes &+ 7) >> 3 }
}

/// The bits of a record's flags.
enum RecordFlag {
    /// The record is dead; its space is won back when its segment is reclaimed.
    static let garbage: UInt32 = 1
    /// A tombstone: the key is deleted, and RocksDB does not know yet.
    static let deleted: UInt32 = 2
    /// RocksDB, or a frozen buffer on its way there, may hold an older row of the key.
    static let onDisk: UInt32 = 4
    /// Used since the clock's hand last came by.
    static let referenced: UInt32 = 8
    /// A key of a multimap, with its entries linked to it.
    static let key: UInt32 = 16
    /// A multimap's key whose entries are all in memory.
    static let complete: UInt32 = 32
    /// A multimap's key whose entries are linked as a tree.
    static let ordered: UInt32 = 64
    /// A multimap's key some of whose ends are known to be in memory.
    static let fenced: UInt32 = 128
}

/// A field of the record at `offset` units.
@inline(__always) @unsafe
func load32(_ base: UnsafeMutableRawPointer, _ offset: UInt32, _ field: Int) -> UInt32 {
    unsafe base.load(fromByteOffset: Int(offset) &<< 3 &+ field, as: UInt32.self)
}

@inline(__always) @unsafe
func store32(_ base: UnsafeMutableRawPointer, _ offset: UInt32, _ field: Int, _ value: UInt32) {
    unsafe base.storeBytes(of: value, toByteOffset: Int(offset) &<< 3 &+ field, as: UInt32.self)
}

@inline(__always) @unsafe
func load64(_ base: UnsafeMutableRawPointer, _ offset: UInt32, _ field: Int) -> UInt64 {
    unsafe base.load(fromByteOffset: Int(offset) &<< 3 &+ field, as: UInt64.self)
}
