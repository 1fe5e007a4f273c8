import Core
import Synchronization

/// What all tables of one state store share: memory, budget and the count of freezes.
///
/// Belongs to the slot thread, except the atomics.
final class StateContext {
    let heap: RecordHeap
    let budget: StateBudget
    let keyGroups: KeyGroupRange
    let maxParallelism: Int
    /// The number of the freeze that will hold the changes made now.
    private(set) var currentFreeze: UInt32 = 1
    /// The last freeze whose changes are in RocksDB.
    let persistedFreeze = Atomic<UInt32>(0)
    /// The bytes of frozen changes that are not yet in RocksDB.
    let frozenBytes = Atomic<Int>(0)
    /// Memory of indexes, filters and lists.
    var overheadBytes = 0
    /// Bytes of records that changed since the last freeze.
    var dirtyBytes = 0
    /// Bytes of dead records in segments.
    var garbageBytes = 0
    /// What tables, indexes, filters and frozen changes may use now: `budget.tableBytes` at first,
    /// more or less as `StateMemory` divides what the stores of a slot share.
    private(set) var limitBytes: Int
    /// Whether records had to leave memory since the store was last asked.
    private var isShort = false
    /// The most memory that was used of late.
    private var peakBytes = 0
    private var hand = 0
    /// How much there was when the last search for room found too little; and its freeze.
    private var fruitlessBytes = Int.max
    private var fruitlessFreeze: UInt32 = .max

    init(
        budget: StateBudget,
        keyGroups: KeyGroupRange,
        maxParallelism: Int
    ) throws(StateError) {
        heap = try RecordHeap(budgetBytes: budget.tableBytes, mostBytes: budget.sharedBytes)
        self.budget = budget
        limitBytes = budget.tableBytes
        self.keyGroups = keyGroups
        self.maxParallelism = maxParallelism
    }

    var persisted: UInt32 { persistedFreeze.load(ordering: .acquiring) }

    /// All memory that counts against the budget.
    var usedBytes: Int {
        heap.usedBytes + overheadBytes + frozenBytes.load(ordering: .relaxed)
    }

    /// Begins the next freeze.
    func advanceFreeze() {
        currentFreeze += 1
        dirtyBytes = 0
    }

    /// Whether memory is so far over its budget that nothing more should come.
    ///
    /// What was just frozen is counted twice until it is on disk: that alone must not stop rows at
    /// every barrier of a store that fills its memory. Those that come make room by eviction.
    var isOver: Bool {
        let limit = max(limitBytes, budget.tableBytes)
        return usedBytes > limit + limit / StateLimits.frozenShare
    }

    /// Changed records beyond this should be frozen before the next barrier.
    var dirtyLimit: Int {
        budget.dirtyBytes ?? max(1, max(limitBytes, budget.tableBytes) / 4)
    }

    /// Gives the store more memory, or less: what is too much leaves at once, as far as it may.
    func setLimit(_ bytes: Int) throws(StateError) {
        // Indexes and filters do not shrink: beside them there must be room for records.
        limitBytes = max(bytes, overheadBytes + budget.tableBytes / 4)
        fruitlessBytes = .max
        fruitlessFreeze = .max
        if usedBytes > limitBytes { try reclaim(0) }
    }

    /// Whether records had to leave memory since this was last asked.
    func takeShortage() -> Bool {
        defer { isShort = false }
        return isShort
    }

    /// The most memory that was used of late; what was long ago counts less and less.
    func takePeak() -> Int {
        let used = usedBytes
        let peak = max(peakBytes, used)
        peakBytes = max(used, peak - peak / 64)
        return peak
    }

    /// Makes room for so many bytes of new records, as far as records may leave memory.
    func makeRoom(_ bytes: Int) throws(StateError) {
        // Memory is taken in segments: the next one must fit, too.
        let needed = bytes + min(StateLimits.segmentBytes, limitBytes / 16)
        peakBytes = max(peakBytes, usedBytes + needed)
        if usedBytes + needed > limitBytes {
            isShort = true
            try reclaim(needed)
        } else if garbageBytes > StateLimits.garbageBytesMin,
            garbageBytes * 2 > heap.usedBytes
        {
            try compact()
        }
    }

    private func reclaim(_ bytes: Int) throws(StateError) {
        let persisted = persisted
        let slack = limitBytes / 64
        if persisted == fruitlessFreeze, usedBytes < fruitlessBytes { return }
        let target = limitBytes - bytes - slack
        var visits = heap.segments.count * 2 + 2
        while usedBytes > target, visits > 0, !heap.segments.isEmpty {
            visits -= 1
            hand = hand + 1 < heap.segments.count ? hand + 1 : 0
            guard let table = heap.segments[hand].owner as? any ReclaimableTable else { continue }
            try table.reclaim(hand, evicting: true, persisted: persisted)
        }
        if usedBytes > limitBytes - bytes {
            fruitlessFreeze = persisted
            fruitlessBytes = usedBytes + limitBytes / 16
        } else {
            fruitlessBytes = .max
            fruitlessFreeze = .max
        }
    }

    private func compact() throws(StateError) {
        let persisted = persisted
        for number in heap.segments.indices.reversed() {
            guard let table = heap.segments[number].owner as? any ReclaimableTable else { continue }
            try table.reclaim(number, evicting: false, persisted: persisted)
        }
    }
}

/// A table whose segments can be emptied.
protocol ReclaimableTable: SegmentOwner {
    /// Moves what must stay out of a segment and frees it, if that wins enough.
    ///
    /// - Parameters:
    ///   - number: the segment.
    ///   - evicting: whether records that RocksDB has may be dropped.
    ///   - persisted: the last freeze that RocksDB has.
    /// - Throws: when memory cannot be had.
    func reclaim(_ number: Int, evicting: Bool, persisted: UInt32) throws(StateError)
}
