/// Finds the distinct keys of a batch: numbers them in order of first appearance.
///
/// Open addressing over the batch's own keys; the table is kept from batch to batch.
package final class GroupIndex {
    /// Group of each slot of the table, or -1.
    private var table: FixedBuilder<Int32>

    package init() {
        table = FixedBuilder(count: 256)
    }

    /// The distinct keys of a batch.
    package struct Groups {
        /// The group of each row.
        package let groupOfRow: FixedValues<Int32>
        /// The first row of each group; rising.
        package let firstRows: FixedValues<Int32>

        package init(groupOfRow: FixedValues<Int32>, firstRows: FixedValues<Int32>) {
            self.groupOfRow = groupOfRow
            self.firstRows = firstRows
        }

        package var count: Int { firstRows.count }
        /// Whether every row is a group of its own.
        package var isTrivial: Bool { groupOfRow.count == firstRows.count }
    }

    /// Groups equal keys.
    package func assign(_ batch: KeyBatch) -> Groups {
        let count = batch.count
        prepare(forRows: count)
        let groupOfRow = FixedBuilder<Int32>(count: count)
        let firstRows = FixedBuilder<Int32>(count: count)
        let groups = unsafe fill(batch, unsafe groupOfRow.base, unsafe firstRows.base)
        return Groups(groupOfRow: groupOfRow.finish(), firstRows: firstRows.finish(count: groups))
    }

    private func prepare(forRows count: Int) {
        var capacity = table.count
        while capacity < count * 2 { capacity *= 2 }
        if capacity != table.count { table = FixedBuilder(count: capacity) }
        table.fill(with: -1)
    }

    private func fill(
        _ batch: KeyBatch,
        _ groupOfRow: UnsafeMutablePointer<Int32>,
        _ firstRows: UnsafeMutablePointer<Int32>
    ) -> Int {
        let mask = table.count &- 1
        let slots = unsafe table.base
        let hashes = batch.hashes.span
        let offsets = batch.keys.offsets.span
        let bytes = unsafe UnsafeRawPointer(batch.keys.bytes.base)
        var groups = 0
        for row in hashes.indices {
            let hash = hashes[row]
            var slot = Int(truncatingIfNeeded: hash) & mask
            let start = Int(offsets[row])
            let length = Int(offsets[row &+ 1]) &- start
            while true {
                let group = unsafe slots[slot]
                if group < 0 {
                    unsafe slots[slot] = Int32(truncatingIfNeeded: groups)
                    unsafe firstRows[groups] = Int32(truncatingIfNeeded: row)
                    unsafe groupOfRow[row] = Int32(truncatingIfNeeded: groups)
                    groups &+= 1
                    break
                }
                let other = Int(unsafe firstRows[Int(group)])
                if hashes[other] == hash {
                    let otherStart = Int(offsets[other])
                    if Int(offsets[other &+ 1]) &- otherStart == length,
                        unsafe RawBytes.equal(bytes + start, bytes + otherStart, length)
                    {
                        unsafe groupOfRow[row] = group
                        break
                    }
                }
                slot = (slot &+ 1) & mask
            }
        }
        return groups
    }
}

/// Comparison of short runs of bytes without a call.
@usableFromInline package enum RawBytes {
    /// Whether two runs of equal length are the same bytes; reads no byte outside them.
    @inlinable @unsafe package static func equal(
        _ left: UnsafeRawPointer,
        _ right: UnsafeRawPointer,
        _ count: Int
    ) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            if unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            {
                return false
            }
            offset &+= 8
        }
        if offset == count { return true }
        if count >= 8 {
            return unsafe left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        }
        while offset < count {
            if unsafe left.load(fromByteOffset: offset, as: UInt8.self)
                != right.load(fromByteOffset: offset, as: UInt8.self)
            {
                return false
            }
            offset &+= 1
        }
        return true
    }
}
