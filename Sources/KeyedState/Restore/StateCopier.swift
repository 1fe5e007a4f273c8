import Columnar
import Core

/// Copies ranges of key groups between state databases as sorted files.
struct StateCopier: ~Copyable {
    private let folder: String
    private let options: RocksOptions
    private var writer: SortedFileWriter?
    private var paths: [String] = []
    /// Entries that wait for their rows to be rewritten together, all of one state.
    private var keys = BytesBuilder()
    private var rows = BytesBuilder()
    private var waitingID: UInt8 = 0

    init(folder: String, options: RocksOptions) {
        self.folder = folder
        self.options = options
    }

    /// Copies the entries of some key groups; they come after all that were copied before.
    ///
    /// - Parameters:
    ///   - database: the old database.
    ///   - groups: the range to copy.
    ///   - widenings: how rows of some states are rewritten.
    /// - Throws: when a database cannot be read or a file written.
    mutating func copy(
        from database: RocksDatabase,
        _ groups: KeyGroupRange,
        _ widenings: [UInt8: RowWidening]
    ) throws(StateError) {
        let cursor = try database.makeCursor(fillsCache: false)
        cursor.seek(Array(StateKey.prefix(group: groups.lower, id: 0).prefix(2)))
        while cursor.isValid {
            let key = unsafe cursor.key
            guard unsafe StateKey.group(key) < groups.upper else { break }
            let id = unsafe key[2]
            if let widening = widenings[id] {
                if id != waitingID { try flush(widenings) }
                waitingID = id
                let value = unsafe cursor.value
                unsafe keys.appendBytes(key.baseAddress, key.count)
                unsafe rows.appendBytes(value.baseAddress, value.count)
                if keys.count >= StateLimits.copyRows { try flush([id: widening]) }
            } else {
                try flush(widenings)
                try unsafe put(key, cursor.value)
            }
            cursor.next()
        }
        try cursor.check()
        try flush(widenings)
    }

    /// Rewrites and writes what waits.
    private mutating func flush(_ widenings: [UInt8: RowWidening]) throws(StateError) {
        guard keys.count > 0, let widening = widenings[waitingID] else { return }
        let allKeys = Self.take(&keys)
        let allRows = widening.rewrite(Self.take(&rows))
        for index in 0..<allKeys.count {
            try unsafe put(allKeys.raw(index), allRows.raw(index))
        }
    }

    private static func take(_ builder: inout BytesBuilder) -> BytesValues {
        var full = BytesBuilder()
        swap(&full, &builder)
        return full.finish()
    }

    private mutating func put(
        _ key: UnsafeRawBufferPointer,
        _ row: UnsafeRawBufferPointer
    ) throws(StateError) {
        if let writer, writer.bytes < StateLimits.copyFileBytes {
            try unsafe writer.put(key, row)
            return
        }
        try writer?.finish()
        let path = "\(folder)/restored-\(paths.count).sst"
        let next = try SortedFileWriter(path: path, options: options)
        paths.append(path)
        writer = next
        try unsafe next.put(key, row)
    }

    /// Completes the last file.
    ///
    /// - Returns: all files, in the order of their keys.
    mutating func finish() throws(StateError) -> [String] {
        try writer?.finish()
        writer = nil
        return paths
    }
}

extension BytesValues {
    /// One value in raw memory; valid as long as this run is.
    @unsafe
    func raw(_ index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: bytes.base + Int(offsets[index]),
            count: length(index)
        )
    }
}
