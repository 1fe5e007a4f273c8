import CRocksDB

/// Writes one SST file that RocksDB takes over whole; keys come rising.
@safe final class SortedFileWriter {
    private let writer: OpaquePointer
    private let environment: OpaquePointer
    private let options: RocksOptions
    let path: String
    private(set) var entryCount = 0
    private(set) var bytes = 0

    init(path: String, options: RocksOptions) throws(StateError) {
        self.path = path
        self.options = options
        guard let environment = unsafe rocksdb_envoptions_create(),
            let writer = unsafe rocksdb_sstfilewriter_create(environment, options.writerHandle)
        else {
            preconditionFailure("RocksDB made no file writer")
        }
        unsafe self.environment = unsafe environment
        unsafe self.writer = unsafe writer
        try unsafe rocks("begin the state file \(path)") { error in
            unsafe rocksdb_sstfilewriter_open(writer, path, error)
        }
    }

    deinit {
        unsafe rocksdb_sstfilewriter_destroy(writer)
        unsafe rocksdb_envoptions_destroy(environment)
    }

    func put(
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer
    ) throws(StateError) {
        try unsafe rocks("write the state file \(path)") { error in
            unsafe rocksdb_sstfilewriter_put(
                writer,
                key.baseAddress?.assumingMemoryBound(to: CChar.self),
                key.count,
                value.baseAddress?.assumingMemoryBound(to: CChar.self),
                value.count,
                error
            )
        }
        entryCount += 1
        bytes += key.count + value.count
    }

    func delete(_ key: UnsafeRawBufferPointer) throws(StateError) {
        try unsafe rocks("write the state file \(path)") { error in
            unsafe rocksdb_sstfilewriter_delete(
                writer,
                key.baseAddress?.assumingMemoryBound(to: CChar.self),
                key.count,
                error
            )
        }
        entryCount += 1
        bytes += key.count
    }

    /// Deletes all older keys from `lower` up to, not including, `upper`.
    func deleteRange(_ lower: [UInt8], _ upper: [UInt8]) throws(StateError) {
        try unsafe rocks("write the state file \(path)") { error in
            unsafe lower.withUnsafeBytes { lower in
                unsafe upper.withUnsafeBytes { upper in
                    unsafe rocksdb_sstfilewriter_delete_range(
                        writer,
                        lower.baseAddress?.assumingMemoryBound(to: CChar.self),
                        lower.count,
                        upper.baseAddress?.assumingMemoryBound(to: CChar.self),
                        upper.count,
                        error
                    )
                }
            }
        }
        entryCount += 1
    }

    func finish() throws(StateError) {
        try unsafe rocks("finish the state file \(path)") { error in
            unsafe rocksdb_sstfilewriter_finish(writer, error)
        }
    }
}
