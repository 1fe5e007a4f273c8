import CMachine
import Columnar

/// What the tables of all shapes share: records in segments of the heap, dirty marks, garbage.
///
/// Belongs to the slot thread.
@safe class RecordTable {
    final let context: StateContext
    /// The base of the heap that offsets count from.
    final let base: UnsafeMutableRawPointer
    final let filter: SpillFilter
    final var segmentNumbers: [Int] = []
    /// The records that changed since the last freeze; 0 where one has died.
    final let dirty = OffsetList()
    /// Changes whenever a record has left its place: offsets that a caller kept are worthless then.
    final private(set) var generation: UInt64 = 0
    /// Whether records must stay where they are.
    final var isHeld = false
    private final var openSegment = -1
    private final var cursor: UInt32 = 0
    private final var limit: UInt32 = 0

    init(_ context: StateContext, isUnknown: Bool) {
        self.context = context
        unsafe base = unsafe context.heap.base
        filter = SpillFilter(context, isUnknown: isUnknown)
    }

    /// Frees all segments; the indexes are the subclass's business.
    final func freeRecords() throws(StateError) {
        for place in 0..<dirty.count where dirty[place] != 0 {
            context.dirtyBytes -= size(dirty[place])
        }
        closeSegment()
        for number in segmentNumbers {
            try forEachRecord(number) { offset in
                if flags(offset) & RecordFlag.garbage != 0 {
                    context.garbageBytes -= size(offset)
                }
            }
        }
        context.overheadBytes -= dirty.bytes
        dirty.removeAll(keeping: 0)
        while let number = segmentNumbers.last { context.heap.freeSegment(number) }
        generation += 1
    }

    /// Visits all records of a segment, dead ones too.
    @inline(__always)
    final func forEachRecord(
        _ number: Int,
        _ body: (UInt32) throws(StateError) -> Void
    )
        throws(StateError)
    {
        let segment = context.heap.segments[number]
        var offset = segment.start
        let end = number == openSegment ? cursor : segment.start + segment.usedUnits
        while offset < end {
            let units = unsafe load32(base, offset, Record.units)
            try body(offset)
            offset &+= units
        }
    }

    /// Visits the records of a segment that are alive, tombstones not among them.
    final func forEachLive(_ number: Int, _ body: (UInt32) -> Void) {
        let segment = context.heap.segments[number]
        var offset = segment.start
        let end = number == openSegment ? cursor : segment.start + segment.usedUnits
        while offset < end {
            if flags(offset) & (RecordFlag.garbage | RecordFlag.deleted) == 0 { body(offset) }
            offset &+= unsafe load32(base, offset, Record.units)
        }
    }

    /// Lets no more records into the segment if it is the open one.
    final func seal(_ number: Int) {
        if number == openSegment { closeSegment() }
    }

    private final func closeSegment() {
        guard openSegment >= 0 else { return }
        let start = context.heap.segments[openSegment].start
        context.heap.setUsed(openSegment, units: cursor - start)
        openSegment = -1
        cursor = 0
        limit = 0
    }

    /// Room for a new record; its content is undefined.
    @inline(__always)
    final func allocate(_ units: Int) throws(StateError) -> UInt32 {
        if Int(limit &- cursor) < units { try openNewSegment(units) }
        let offset = cursor
        cursor &+= UInt32(truncatingIfNeeded: units)
        return offset
    }

    private final func openNewSegment(_ units: Int) throws(StateError) {
        closeSegment()
        guard let owner = self as? any SegmentOwner else {
            preconditionFailure("every table owns segments")
        }
        let bytes = max(units * 8, RecordTable.segmentBytes(segmentNumbers.count))
        openSegment = try context.heap.makeSegment(bytes: bytes, owner: owner)
        let segment = context.heap.segments[openSegment]
        cursor = segment.start
        limit = segment.start + segment.units
    }

    /// Small tables take small segments: there may be hundreds of windows.
    private static func segmentBytes(_ segments: Int) -> Int {
        if segments < 4 { return 4 << 10 }
        return segments < 12 ? 16 << 10 : StateLimits.segmentBytes
    }

    @inline(__always)
    final func flags(_ offset: UInt32) -> UInt32 {
        unsafe load32(base, offset, Record.flags)
    }

    @inline(__always)
    final func setFlags(_ offset: UInt32, _ flags: UInt32) {
        unsafe store32(base, offset, Record.flags, flags)
    }

    /// The bytes that a record takes.
    @inline(__always)
    final func size(_ offset: UInt32) -> Int {
        Int(unsafe load32(base, offset, Record.units)) &<< 3
    }

    /// The start of a record.
    @inline(__always)
    final func pointer(_ offset: UInt32) -> UnsafeMutableRawPointer {
        unsafe base + (Int(offset) &<< 3)
    }

    /// Asks for a record that will be needed soon.
    @inline(__always)
    final func prefetch(_ offset: UInt32) {
        unsafe apus_prefetch(pointer(offset))
    }

    /// Notes that a record was used.
    @inline(__always)
    final func touch(_ offset: UInt32) {
        let flags = flags(offset)
        if flags & RecordFlag.referenced == 0 { setFlags(offset, flags | RecordFlag.referenced) }
    }

    /// Takes the mark of use away.
    @inline(__always)
    final func forget(_ offset: UInt32) {
        let flags = flags(offset)
        if flags & RecordFlag.referenced != 0 { setFlags(offset, flags & ~RecordFlag.referenced) }
    }

    /// Notes that a record has changed since the last freeze.
    @inline(__always)
    final func markDirty(_ offset: UInt32) {
        if !isDirty(offset) { addDirty(offset) }
    }

    private final func addDirty(_ offset: UInt32) {
        unsafe store32(base, offset, Record.freeze, context.currentFreeze)
        unsafe store32(base, offset, Record.dirtyPlace, UInt32(truncatingIfNeeded: dirty.count))
        context.dirtyBytes &+= size(offset)
        context.overheadBytes &-= dirty.bytes
        dirty.append(offset)
        context.overheadBytes &+= dirty.bytes
    }

    @inline(__always)
    final func isDirty(_ offset: UInt32) -> Bool {
        unsafe load32(base, offset, Record.freeze) == context.currentFreeze
    }

    /// A dirty record has a new place.
    @inline(__always)
    final func moveDirty(_ offset: UInt32, to target: UInt32) {
        guard isDirty(offset) else { return }
        dirty[Int(unsafe load32(base, offset, Record.dirtyPlace))] = target
        context.dirtyBytes &+= size(target) &- size(offset)
    }

    /// A record need not be frozen any more.
    @inline(__always)
    final func forgetDirty(_ offset: UInt32) {
        guard isDirty(offset) else { return }
        dirty[Int(unsafe load32(base, offset, Record.dirtyPlace))] = 0
        context.dirtyBytes &-= size(offset)
    }

    /// Empties the list of changed records, after a freeze.
    final func clearDirty() {
        context.overheadBytes -= dirty.bytes
        dirty.removeAll()
        context.overheadBytes += dirty.bytes
    }

    /// Makes a record garbage, its index entry already gone.
    @inline(__always)
    final func bury(_ offset: UInt32) {
        setFlags(offset, RecordFlag.garbage)
        context.garbageBytes &+= size(offset)
        generation &+= 1
    }

    /// Whether a change of the record is not yet in RocksDB.
    @inline(__always)
    final func isPinned(_ offset: UInt32, _ persisted: UInt32) -> Bool {
        unsafe load32(base, offset, Record.freeze) > persisted
    }

    /// Whether so much of a segment may be won that its survivors are worth moving.
    final func isWorthwhile(_ number: Int, keptUnits: Int, evicting: Bool) -> Bool {
        let units = Int(context.heap.segments[number].units)
        let won = units - keptUnits
        return won > 0 && won * (evicting ? StateLimits.worthwhileShare : 2) >= units
    }

    /// An upper bound of what the changed records take when frozen.
    final func frozenCapacity() -> Int {
        // The frozen form of an entry is shorter than its record.
        var bytes = 0
        let count = dirty.count
        for place in 0..<count {
            let offset = dirty[place]
            unsafe apus_prefetch(base + (Int(dirty[min(place &+ 12, count &- 1)]) &<< 3))
            if offset != 0 { bytes &+= size(offset) }
        }
        return bytes
    }
}
