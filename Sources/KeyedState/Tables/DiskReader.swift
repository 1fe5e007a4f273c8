import Columnar
import Core

/// Reads rows of many keys of one state from RocksDB: sorted and together.
///
/// Belongs to the slot thread; its memory is kept from call to call.
@safe final class DiskReader {
    private let context: StateContext
    let database: RocksDatabase
    private let keyBytes = ByteArena()
    private let rowBytes = ByteArena()

    init(context: StateContext, database: RocksDatabase) {
        self.context = context
        self.database = database
    }

    /// Rows that were read, by their place in the question; valid until the next question.
    struct Rows {
        /// Where each row starts, and its length; -1 for a key that RocksDB does not have.
        var starts: [Int32]
        var lengths: [Int32]
    }

    /// The bytes of the rows of the last question.
    var base: UnsafeRawPointer { unsafe UnsafeRawPointer(rowBytes.base) }

    /// What all keys of one question have in common.
    struct Scope {
        let id: UInt8
        let window: Int64?
    }

    /// Reads the rows of the keys at the given positions of a batch.
    ///
    /// - Parameters:
    ///   - keys: the batch.
    ///   - subKeys: for a multimap, the sub-key beside each key.
    ///   - positions: which rows of the batch are asked for.
    ///   - scope: the state, and the window of a window state.
    /// - Returns: the rows, by place in the question.
    /// - Throws: when RocksDB cannot be read.
    func read(
        _ keys: KeyBatch,
        subKeys: BytesValues? = nil,
        positions: [Int32],
        scope: Scope
    ) throws(StateError) -> Rows {
        let count = positions.count
        var rows = Rows(
            starts: [Int32](repeating: 0, count: count),
            lengths: [Int32](repeating: -1, count: count)
        )
        keyBytes.removeAll()
        rowBytes.removeAll()
        guard count > 0 else { return rows }
        var starts: [Int] = []
        starts.reserveCapacity(count + 1)
        for position in positions {
            starts.append(keyBytes.count)
            writeKey(keys, subKeys, Int(position), scope)
        }
        starts.append(keyBytes.count)
        let sorted = UnsafeMutableBufferPointer<SortedKey>.allocate(capacity: count)
        defer { unsafe sorted.deallocate() }
        for place in 0..<count {
            unsafe sorted.initializeElement(
                at: place,
                to: SortedKey(
                    bytes: UnsafeRawPointer(keyBytes.base) + starts[place],
                    length: starts[place + 1] - starts[place],
                    tag: place
                )
            )
        }
        unsafe SortedKey.sort(sorted)
        var first = 0
        while first < count {
            let end = min(count, first + StateLimits.multiGetKeys)
            unsafe try readSorted(
                unsafe UnsafeMutableBufferPointer(rebasing: sorted[first..<end]),
                &rows
            )
            first = end
        }
        return rows
    }

    private func writeKey(
        _ keys: KeyBatch,
        _ subKeys: BytesValues?,
        _ row: Int,
        _ scope: Scope
    ) {
        let group = KeyGroupRange.group(
            ofHash: keys.hashes[row],
            maxParallelism: context.maxParallelism
        )
        let lower = Int(keys.keys.offsets[row])
        let length = Int(keys.keys.offsets[row + 1]) - lower
        let subLower = subKeys.map { Int($0.offsets[row]) } ?? 0
        let subLength = subKeys.map { $0.length(row) } ?? 0
        let bound = StateKey.windowPrefixLength + StateKey.lengthBytes + length + subLength
        let start = keyBytes.extend(bound)
        var target = unsafe keyBytes.base + start
        unsafe target += StateKey.writePrefix(
            target,
            group: group,
            id: scope.id,
            window: scope.window
        )
        if subKeys != nil {
            let bigEndian = UInt32(truncatingIfNeeded: length).bigEndian
            unsafe target.storeBytes(of: bigEndian, as: UInt32.self)
            unsafe target += StateKey.lengthBytes
        }
        unsafe RawMove.copy(from: keys.keys.bytes.base + lower, to: target, count: length)
        unsafe target += length
        if let subKeys {
            unsafe RawMove.copy(from: subKeys.bytes.base + subLower, to: target, count: subLength)
            unsafe target += subLength
        }
        let used = unsafe target - keyBytes.base
        keyBytes.truncate(to: used)
    }

    private func readSorted(
        _ sorted: UnsafeMutableBufferPointer<SortedKey>,
        _ rows: inout Rows
    ) throws(StateError) {
        let count = sorted.count
        let pointers = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: count)
        let lengths = UnsafeMutablePointer<Int>.allocate(capacity: count)
        defer {
            unsafe pointers.deallocate()
            unsafe lengths.deallocate()
        }
        for place in 0..<count {
            let bytes = unsafe sorted[place].bytes.assumingMemoryBound(to: CChar.self)
            unsafe (pointers + place).initialize(to: bytes)
            unsafe (lengths + place).initialize(to: Int(sorted[place].length))
        }
        try unsafe database.get(count: count, keys: pointers, lengths: lengths) { place, value in
            let start = rowBytes.extend(value.count)
            if let source = value.baseAddress {
                unsafe (rowBytes.base + start).copyMemory(from: source, byteCount: value.count)
            }
            let tag = Int(unsafe sorted[place].tag)
            rows.starts[tag] = Int32(truncatingIfNeeded: start)
            rows.lengths[tag] = Int32(truncatingIfNeeded: value.count)
        }
    }
}
