/// A run of records of one table, filled from front to back.
struct Segment {
    /// Where it starts, in units of eight bytes from the base of the heap.
    var start: UInt32 = 0
    /// Its size and how much of it holds records, in units.
    var units: UInt32 = 0
    var usedUnits: UInt32 = 0
    /// The table that owns it; nil when the number is free.
    unowned var owner: (any SegmentOwner)?
    /// Its place in the owner's list of segments.
    var place = 0
}

/// A table that keeps records in segments of the shared heap.
protocol SegmentOwner: AnyObject {
    /// The segments of the table, in no order.
    var segmentNumbers: [Int] { get set }
}

/// The memory of all tables of one state store: segments of 4, 16 or 64 KB, or larger for one
/// large record, cut from one region (DESIGN §7).
///
/// ```
/// region: | 64 KB block | 64 KB block | …
///            └ one segment of 64 KB, or pieces of 4 and 16 KB, by a mask of its 16 pages
/// ```
@safe final class RecordHeap {
    static let unitBytes = 8
    private static let pageBytes = 4096
    private static let blockPages = 16

    private let region: Region
    /// Record `offset` starts at `base + offset * 8`; offset 0 means none.
    let base: UnsafeMutableRawPointer
    private(set) var segments: [Segment] = []
    private var freeNumbers: [Int] = []
    /// The used pages of each block so far, one bit each.
    private var masks: [UInt16] = []
    private var freeBlocks: [Int] = []
    private var partialBlocks: [Int] = []
    /// Freed runs of several blocks, by their length.
    private var freeRuns: [Int: [Int]] = [:]
    /// The bytes of all segments in use.
    private(set) var usedBytes = 0
    /// The most free memory that is kept from the system.
    private let keptBytes: Int
    private var residentFreeBytes = 0

    init(budgetBytes: Int, mostBytes: Int) throws(StateError) {
        let wanted = max(1 << 30, budgetBytes * 8, mostBytes * 2)
        region = try Region(bytes: min(wanted, 31 << 30))
        unsafe base = unsafe region.base
        keptBytes = max(1 << 20, budgetBytes / 8)
        masks.append(0x0001)  // The first page stays free: offset 0 means none.
        partialBlocks.append(0)
    }

    /// Makes a segment for a table.
    func makeSegment(bytes wanted: Int, owner: any SegmentOwner) throws(StateError) -> Int {
        let bytes = segmentSize(wanted)
        let page: Int
        if bytes < StateLimits.segmentBytes {
            page = try takePages(bytes / Self.pageBytes)
        } else {
            page = try takeRun(bytes / StateLimits.segmentBytes) * Self.blockPages
        }
        usedBytes += bytes
        let segment = Segment(
            start: UInt32(page * Self.pageBytes / Self.unitBytes),
            units: UInt32(bytes / Self.unitBytes),
            owner: owner,
            place: owner.segmentNumbers.count
        )
        let number: Int
        if let free = freeNumbers.popLast() {
            number = free
            segments[number] = segment
        } else {
            number = segments.count
            segments.append(segment)
        }
        owner.segmentNumbers.append(number)
        return number
    }

    private func segmentSize(_ wanted: Int) -> Int {
        if wanted <= Self.pageBytes { return Self.pageBytes }
        if wanted <= 4 * Self.pageBytes { return 4 * Self.pageBytes }
        let blocks = (wanted + StateLimits.segmentBytes - 1) / StateLimits.segmentBytes
        return blocks * StateLimits.segmentBytes
    }

    /// Notes how far a segment is filled.
    func setUsed(_ number: Int, units: UInt32) {
        segments[number].usedUnits = units
    }

    /// Gives a segment's memory back.
    func freeSegment(_ number: Int) {
        let segment = segments[number]
        if let owner = segment.owner {
            let last = owner.segmentNumbers.count - 1
            let moved = owner.segmentNumbers[last]
            owner.segmentNumbers[segment.place] = moved
            segments[moved].place = segment.place
            owner.segmentNumbers.removeLast()
        }
        segments[number] = Segment()
        freeNumbers.append(number)
        let bytes = Int(segment.units) * Self.unitBytes
        let page = Int(segment.start) * Self.unitBytes / Self.pageBytes
        usedBytes -= bytes
        if bytes < StateLimits.segmentBytes {
            freePages(page, bytes / Self.pageBytes)
        } else {
            freeRun(page / Self.blockPages, bytes / StateLimits.segmentBytes)
        }
    }

    private func takePages(_ count: Int) throws(StateError) -> Int {
        let wanted: UInt16 = count == 1 ? 0x0001 : 0x000F
        for (index, block) in partialBlocks.enumerated() {
            var shift = 0
            while shift < Self.blockPages {
                if masks[block] & (wanted << UInt16(shift)) == 0 {
                    masks[block] |= wanted << UInt16(shift)
                    if masks[block] == .max { partialBlocks.remove(at: index) }
                    return block * Self.blockPages + shift
                }
                shift += count
            }
        }
        let block = try takeRun(1)
        masks[block] = wanted
        partialBlocks.append(block)
        return block * Self.blockPages
    }

    private func freePages(_ page: Int, _ count: Int) {
        let block = page / Self.blockPages
        let mask: UInt16 = count == 1 ? 0x0001 : 0x000F
        if masks[block] == .max { partialBlocks.append(block) }
        masks[block] &= ~(mask << UInt16(page % Self.blockPages))
        if masks[block] == 0 {
            partialBlocks.removeAll { $0 == block }
            freeRun(block, 1)
        }
    }

    private func takeRun(_ count: Int) throws(StateError) -> Int {
        if count == 1 {
            if let block = freeBlocks.popLast() {
                residentFreeBytes -= min(residentFreeBytes, StateLimits.segmentBytes)
                return block
            }
            if let (length, starts) = freeRuns.first, let start = starts.last {
                takeFreeRun(length)
                for block in start + 1..<start + length { freeBlocks.append(block) }
                return start
            }
        } else if let start = freeRuns[count]?.last {
            takeFreeRun(count)
            return start
        }
        let start = masks.count
        guard (start + count) * StateLimits.segmentBytes <= region.bytes else {
            throw StateError(
                .failed,
                "state tables grew to \(region.bytes >> 20) MB, far beyond their budget: "
                    + "changes cannot be written to disk as fast as they come"
            )
        }
        for _ in 0..<count { masks.append(0) }
        return start
    }

    private func takeFreeRun(_ length: Int) {
        freeRuns[length]?.removeLast()
        if freeRuns[length]?.isEmpty == true { freeRuns[length] = nil }
    }

    private func freeRun(_ start: Int, _ count: Int) {
        let bytes = count * StateLimits.segmentBytes
        if count > 1 || residentFreeBytes + bytes > keptBytes {
            region.release(offset: start * StateLimits.segmentBytes, bytes: bytes)
        } else {
            residentFreeBytes += bytes
        }
        if count == 1 {
            freeBlocks.append(start)
        } else {
            freeRuns[count, default: []].append(start)
        }
    }
}
