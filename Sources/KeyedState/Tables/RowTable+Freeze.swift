import CMachine
import Core

extension RowTable {
    /// Copies what has changed since the last freeze; nil when nothing has.
    ///
    /// - Parameters:
    ///   - id: the state.
    ///   - window: the window of a window state.
    /// - Returns: the changes.
    /// - Throws: when memory cannot be had.
    func freeze(id: UInt8, window: Int64?) throws(StateError) -> FrozenRun? {
        guard dirty.count > 0 else { return nil }
        filter.reserve(dirty.count)
        let run = FrozenRun(id: id, window: window, capacity: frozenCapacity())
        let places = unsafe dirty.base
        let count = dirty.count
        for place in 0..<count {
            unsafe apus_prefetch(base + (Int(places[min(place &+ 12, count &- 1)]) &<< 3))
            let offset = unsafe places[place]
            guard offset != 0 else { continue }
            freezeRecord(offset, run)
        }
        try run.checkGroups(context.keyGroups)
        clearDirty()
        return run.entryCount == 0 ? nil : run
    }

    @inline(__always)
    private func freezeRecord(
        _ offset: UInt32,
        _ run: FrozenRun
    ) {
        let flags = unsafe load32(base, offset, Record.flags)
        let hash = unsafe load64(base, offset, Record.hash)
        let keyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
        let isDeleted = flags & RecordFlag.deleted != 0
        let group = KeyGroupRange.group(ofHash: hash, maxParallelism: context.maxParallelism)
        run.note(group: group, of: context.keyGroups)
        let prefix =
            run.window == nil ? StateKey.prefixLength : StateKey.windowPrefixLength
        let target = unsafe run.append(
            keyLength: prefix &+ keyLength,
            rowLength: rowLength,
            isDeleted: isDeleted
        )
        _ = unsafe StateKey.writePrefix(target, group: group, id: run.id, window: run.window)
        let record = unsafe base + (Int(offset) &<< 3 &+ Record.header)
        unsafe RawMove.copy(from: record, to: target + prefix, count: keyLength &+ rowLength)
        if flags & RecordFlag.onDisk == 0 || filter.wasUnknown {
            filter.insert(hash)
            unsafe store32(base, offset, Record.flags, flags | RecordFlag.onDisk)
        }
    }
}
