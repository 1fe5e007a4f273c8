import Columnar

/// Entries of one key of a multimap that were read from disk: bytes of one call, kept to be used
/// again.
@safe final class DiskEntries {
    private let arena = ByteArena()
    private var places: [(start: Int, subKeyLength: Int, rowLength: Int)] = []

    var count: Int { places.count }
    var bytes: Int { arena.count }

    func removeAll() {
        arena.removeAll()
        places.removeAll(keepingCapacity: true)
    }

    @unsafe
    func append(_ subKey: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer) {
        let start = arena.extend(subKey.count + row.count)
        let target = unsafe arena.base + start
        if let source = subKey.baseAddress {
            unsafe target.copyMemory(from: source, byteCount: subKey.count)
        }
        if let source = row.baseAddress {
            unsafe (target + subKey.count).copyMemory(from: source, byteCount: row.count)
        }
        places.append((start, subKey.count, row.count))
    }

    /// The sub-key of an entry; valid until the next `append`.
    func subKey(_ index: Int) -> UnsafeRawBufferPointer {
        let place = places[index]
        return unsafe UnsafeRawBufferPointer(
            start: arena.base + place.start,
            count: place.subKeyLength
        )
    }

    /// The row of an entry; valid until the next `append`.
    func row(_ index: Int) -> UnsafeRawBufferPointer {
        let place = places[index]
        return unsafe UnsafeRawBufferPointer(
            start: arena.base + place.start + place.subKeyLength,
            count: place.rowLength
        )
    }
}
