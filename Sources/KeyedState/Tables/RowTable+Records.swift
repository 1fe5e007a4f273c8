import Columnar

/// Walking over all records, for draining.
extension RowTable {
    /// The live records of a segment.
    func liveRecords(_ number: Int) -> [UInt32] {
        var records: [UInt32] = []
        forEachLive(number) { records.append($0) }
        return records
    }

    func hash(_ offset: UInt32) -> UInt64 { unsafe load64(base, offset, Record.hash) }

    func keyBytes(_ offset: UInt32) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: pointer(offset) + Record.header,
            count: Int(load32(base, offset, Record.keyLength))
        )
    }

    func rowBytes(_ offset: UInt32) -> UnsafeRawBufferPointer {
        let keyLength = Int(unsafe load32(base, offset, Record.keyLength))
        return unsafe UnsafeRawBufferPointer(
            start: pointer(offset) + Record.header + keyLength,
            count: Int(load32(base, offset, Record.rowLength))
        )
    }

    /// The record of one key, or 0.
    func probe(_ hash: UInt64, _ key: UnsafeRawBufferPointer) -> UInt32 {
        unsafe probe(hash, key.baseAddress ?? UnsafeRawPointer(base), key.count)
    }
}

extension Hashing {
    /// The hash of bytes in raw memory.
    @unsafe
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let start = bytes.baseAddress else { return hash([UInt8]().span) }
        return unsafe hash(start.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    }
}
