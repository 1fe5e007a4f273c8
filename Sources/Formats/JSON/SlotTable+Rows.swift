import Columnar

extension SlotTable {
    /// Copies the value of a row to the next row, with everything in it.
    func copyRow(_ index: Int, from row: Int, to target: Int) {
        precondition(target == row + 1, "a value is copied to the row behind it")
        let slot = unsafe slots + index
        guard unsafe slot.pointee.isValid(row) else {
            storeNull(index, target)
            return
        }
        let values = unsafe slot.pointee.values
        switch unsafe slot.pointee.kind {
        case .null: break
        case .bool:
            let words = unsafe values.assumingMemoryBound(to: UInt64.self)
            unsafe slot.pointee.store(bit: words[row >> 6] >> UInt64(row & 63) & 1 == 1, target)
        case .text, .binary:
            let start = unsafe slot.pointee.offset(row)
            let count = unsafe slot.pointee.offset(target) - start
            unsafe reserveBytes(slot, start + count, count)
            let bytes = unsafe slot.pointee.bytes + start
            unsafe (bytes + count).update(from: bytes, count: count)
            unsafe slot.pointee.end(target, at: start + 2 * count)
        case .list, .map:
            copyElements(index, from: row, to: target)
        case .row:
            unsafe slot.pointee.setValid(target)
            for child in layouts[index].children { copyRow(child, from: row, to: target) }
        default:
            let width = unsafe slot.pointee.kind.width
            unsafe (values + target * width).copyMemory(
                from: values + row * width,
                byteCount: width
            )
            unsafe slot.pointee.setValid(target)
        }
    }

    /// Copies elements one by one: each to the end, which the rows in between make the next row.
    private func copyElements(_ index: Int, from row: Int, to target: Int) {
        let start = unsafe slots[index].offset(row)
        let end = unsafe slots[index].offset(target)
        for child in layouts[index].children {
            reserve(child, rows: 2 * end - start + 1)
            for element in start..<end { copyFar(child, from: element, to: element + end - start) }
        }
        unsafe slots[index].end(target, at: 2 * end - start)
    }

    /// Copies a value to a row that is not the next one.
    private func copyFar(_ index: Int, from row: Int, to target: Int) {
        let slot = unsafe slots + index
        guard unsafe slot.pointee.isValid(row), unsafe slot.pointee.kind.hasOffsets else {
            copyFixed(index, from: row, to: target)
            return
        }
        let start = unsafe slot.pointee.offset(row)
        let count = unsafe slot.pointee.offset(row + 1) - start
        let end = unsafe slot.pointee.offset(target)
        if unsafe slot.pointee.kind == .list || slot.pointee.kind == .map {
            for child in layouts[index].children {
                reserve(child, rows: end + count + 1)
                for element in 0..<count {
                    copyFar(child, from: start + element, to: end + element)
                }
            }
        } else {
            unsafe reserveBytes(slot, end, count)
            unsafe (slot.pointee.bytes + end).update(from: slot.pointee.bytes + start, count: count)
        }
        unsafe slot.pointee.end(target, at: end + count)
    }

    private func copyFixed(_ index: Int, from row: Int, to target: Int) {
        let slot = unsafe slots + index
        guard unsafe slot.pointee.isValid(row) else {
            storeNull(index, target)
            return
        }
        unsafe slot.pointee.setValid(target)
        switch unsafe slot.pointee.kind {
        case .row:
            for child in layouts[index].children { copyFar(child, from: row, to: target) }
        case .bool:
            let words = unsafe slot.pointee.values.assumingMemoryBound(to: UInt64.self)
            unsafe slot.pointee.store(bit: words[row >> 6] >> UInt64(row & 63) & 1 == 1, target)
        default:
            let width = unsafe slot.pointee.kind.width
            let values = unsafe slot.pointee.values
            unsafe (values + target * width).copyMemory(
                from: values + row * width,
                byteCount: width
            )
        }
    }

    /// Whether a flat value is the same in two rows.
    func equalRows(_ index: Int, _ left: Int, _ right: Int) -> Bool {
        let slot = unsafe slots[index]
        guard slot.isValid(left), slot.isValid(right) else {
            return slot.isValid(left) == slot.isValid(right)
        }
        switch slot.kind {
        case .null: return true
        case .bool:
            let words = unsafe slot.values.assumingMemoryBound(to: UInt64.self)
            let bits = [left, right].map { unsafe words[$0 >> 6] >> UInt64($0 & 63) & 1 }
            return bits[0] == bits[1]
        case .text, .binary:
            let count = slot.offset(left + 1) - slot.offset(left)
            guard slot.offset(right + 1) - slot.offset(right) == count else { return false }
            let first = unsafe slot.bytes + slot.offset(left)
            let second = unsafe slot.bytes + slot.offset(right)
            return (0..<count).allSatisfy { unsafe first[$0] == second[$0] }
        case .list, .map, .row: return false
        default:
            let width = slot.kind.width
            let first = unsafe (slot.values + left * width).assumingMemoryBound(to: UInt8.self)
            let second = unsafe (slot.values + right * width).assumingMemoryBound(to: UInt8.self)
            return (0..<width).allSatisfy { unsafe first[$0] == second[$0] }
        }
    }
}
