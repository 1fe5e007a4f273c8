package import Core

/// The changes of one epoch, copied out of the tables: what the persister brings to disk.
///
/// Made by `StateStore.freeze` on the slot thread, never changed afterwards.
@safe package final class FrozenState: @unchecked Sendable {
    // Safety: written by the slot thread before it is handed over, read-only afterwards.
    /// The epoch that ended, for messages; several freezes may belong to one.
    package let epoch: CheckpointID
    /// Counts the freezes of a store.
    let freeze: UInt32
    let runs: [FrozenRun]
    let drops: [DroppedWindow]

    init(epoch: CheckpointID, freeze: UInt32, runs: [FrozenRun], drops: [DroppedWindow]) {
        self.epoch = epoch
        self.freeze = freeze
        self.runs = runs
        self.drops = drops
    }

    /// The number of changed entries.
    package var entryCount: Int { runs.reduce(0) { $0 + $1.entryCount } }

    /// The memory that it takes until it has been persisted.
    package var bytes: Int { runs.reduce(0) { $0 + $1.capacity } }

    /// Whether there is nothing to write.
    package var isEmpty: Bool { runs.allSatisfy { $0.entryCount == 0 } && drops.isEmpty }
}

/// A window whose older rows are to be deleted from disk.
struct DroppedWindow: Hashable, Sendable {
    let id: UInt8
    let window: Int64
}

/// Changed entries of one table, one behind the other:
/// key length u32 · row length u32, top bit set for a deletion · key as in RocksDB · row.
@safe final class FrozenRun: @unchecked Sendable {
    // Safety: written by the slot thread before it is handed over, read-only afterwards.
    let id: UInt8
    let window: Int64?
    private let memory: LargeMemory
    let base: UnsafeMutableRawPointer
    let capacity: Int
    private(set) var count = 0
    private(set) var entryCount = 0
    /// A key group of which there is an entry, though it belongs to another slot.
    private var strayGroup: Int?
    static let header = 8
    static let deletedBit: UInt32 = 1 << 31

    /// - Parameters:
    ///   - id: the state.
    ///   - window: the window of a window state.
    ///   - capacity: an upper bound of the bytes of all entries.
    init(id: UInt8, window: Int64?, capacity: Int) {
        self.id = id
        self.window = window
        self.capacity = capacity
        memory = LargeMemory(bytes: capacity)
        unsafe base = unsafe memory.base
    }

    /// Begins an entry of the given lengths and returns where its key goes; its row goes behind.
    @inline(__always)
    func append(keyLength: Int, rowLength: Int, isDeleted: Bool) -> UnsafeMutableRawPointer {
        let bytes = FrozenRun.header &+ keyLength &+ rowLength
        precondition(count &+ bytes <= capacity, "more was frozen than had changed")
        let target = unsafe base + count
        let row = UInt32(truncatingIfNeeded: rowLength) | (isDeleted ? Self.deletedBit : 0)
        unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: keyLength), as: UInt32.self)
        unsafe target.storeBytes(of: row, toByteOffset: 4, as: UInt32.self)
        count &+= bytes
        entryCount &+= 1
        return unsafe target + FrozenRun.header
    }

    /// Notes the key group of an entry.
    @inline(__always)
    func note(group: Int, of owned: KeyGroupRange) {
        if !owned.contains(group) { strayGroup = group }
    }

    /// State in another slot's key group would be lost when the parallelism changes.
    func checkGroups(_ owned: KeyGroupRange) throws(StateError) {
        guard let strayGroup else { return }
        throw StateError(
            .failed,
            "Key group \(strayGroup) is not in KeyGroupRange \(owned) of state \(id): rows came to a "
                + "slot that does not own their key. This is a defect of Apus: please report it."
        )
    }
}
