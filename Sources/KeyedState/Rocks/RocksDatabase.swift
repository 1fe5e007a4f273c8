import CRocksDB
import CRocksDBSupport
import Columnar

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One open state database.
///
/// Reads come from the slot thread, everything else from the persister; RocksDB allows that. Only
/// opening it again after a failed write excludes both, which `gate` sees to.
@safe final class RocksDatabase: @unchecked Sendable {
    // Safety: `handle` and `family` change only with `gate` held for writing.
    let directory: String
    private let options: RocksOptions
    private var handle: OpaquePointer?
    private var family: OpaquePointer?
    private let gate: UnsafeMutablePointer<pthread_rwlock_t>
    private let readOptions: OpaquePointer
    private let isReadOnly: Bool

    init(
        directory: String,
        options: RocksOptions,
        isReadOnly: Bool = false
    ) throws(StateError) {
        self.directory = directory
        self.isReadOnly = isReadOnly
        self.options = options
        unsafe gate = .allocate(capacity: 1)
        unsafe gate.initialize(to: pthread_rwlock_t())
        unsafe pthread_rwlock_init(gate, nil)
        guard let reading = unsafe rocksdb_readoptions_create() else {
            preconditionFailure("RocksDB made no options")
        }
        unsafe readOptions = unsafe reading
        try open()
    }

    deinit {
        close()
        unsafe rocksdb_readoptions_destroy(readOptions)
        unsafe pthread_rwlock_destroy(gate)
        unsafe gate.deallocate()
    }

    private func open() throws(StateError) {
        let names = ["default"]
        var family: OpaquePointer?
        let handle = try unsafe rocks("open \(directory)") { error in
            unsafe names[0].withCString { name in
                var list: UnsafePointer<CChar>? = unsafe name
                var familyOptions: OpaquePointer? = unsafe options.handle
                if isReadOnly {
                    return unsafe rocksdb_open_for_read_only_column_families(
                        options.handle,
                        directory,
                        1,
                        &list,
                        &familyOptions,
                        &family,
                        0,
                        error
                    )
                }
                return unsafe rocksdb_open_column_families(
                    options.handle,
                    directory,
                    1,
                    &list,
                    &familyOptions,
                    &family,
                    error
                )
            }
        }
        unsafe self.handle = unsafe handle
        unsafe self.family = unsafe family
    }

    private func close() {
        if let family = unsafe family { unsafe rocksdb_column_family_handle_destroy(family) }
        if let handle = unsafe handle {
            if !isReadOnly { unsafe rocksdb_cancel_all_background_work(handle, 1) }
            unsafe rocksdb_close(handle)
        }
        unsafe family = nil
        unsafe handle = nil
    }

    /// Opens the database again, on the persister; RocksDB refuses writes after a failed one.
    func reopen() throws(StateError) {
        unsafe pthread_rwlock_wrlock(gate)
        defer { unsafe pthread_rwlock_unlock(gate) }
        close()
        try open()
    }

    /// Runs a body with the open handles.
    private func withHandles<Result>(
        _ body: (OpaquePointer, OpaquePointer) throws(StateError) -> Result
    ) throws(StateError) -> Result {
        unsafe pthread_rwlock_rdlock(gate)
        defer { unsafe pthread_rwlock_unlock(gate) }
        guard let handle = unsafe handle, let family = unsafe family else {
            throw StateError(.failed, "the state database \(directory) could not be opened again")
        }
        return try unsafe body(handle, family)
    }

    /// Reads keys that are sorted; the body gets the place of each found key and its value.
    func get(
        count: Int,
        keys: UnsafePointer<UnsafePointer<CChar>?>,
        lengths: UnsafePointer<Int>,
        _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) throws(StateError) {
        unsafe try withHandles { handle, family throws(StateError) in
            var failure: StateError?
            let values = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: count)
            let errors = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
                .allocate(capacity: count)
            unsafe values.initialize(repeating: nil, count: count)
            unsafe errors.initialize(repeating: nil, count: count)
            unsafe rocksdb_batched_multi_get_cf(
                handle,
                readOptions,
                family,
                count,
                keys,
                lengths,
                values,
                errors,
                true
            )
            for place in 0..<count {
                if let text = unsafe errors[place] {
                    failure = rocksError("read", unsafe String(cString: text))
                    unsafe rocksdb_free(text)
                } else if let value = unsafe values[place] {
                    var length = 0
                    let bytes = unsafe rocksdb_pinnableslice_value(value, &length)
                    unsafe body(place, UnsafeRawBufferPointer(start: bytes, count: length))
                }
                if let value = unsafe values[place] { unsafe rocksdb_pinnableslice_destroy(value) }
            }
            unsafe values.deallocate()
            unsafe errors.deallocate()
            if let failure { throw failure }
        }
    }

    /// Makes a cursor over all keys; the database is not opened again while there is one.
    ///
    /// A cursor must be let go by the thread that made it.
    ///
    /// - Parameters:
    ///   - fillsCache: whether what is read should stay in the block cache.
    ///   - isWithinKey: whether it only ever moves among the entries of the key that it was sent to:
    ///     files that do not have the key need not be looked at.
    /// - Returns: a cursor that stands nowhere yet.
    /// - Throws: when the database is closed.
    func makeCursor(
        fillsCache: Bool = true,
        isWithinKey: Bool = false
    ) throws(StateError) -> RocksCursor {
        unsafe pthread_rwlock_rdlock(gate)
        guard let handle = unsafe handle else {
            unsafe pthread_rwlock_unlock(gate)
            throw StateError(.failed, "the state database \(directory) could not be opened again")
        }
        guard let options = unsafe rocksdb_readoptions_create() else {
            preconditionFailure("RocksDB made no options")
        }
        unsafe rocksdb_readoptions_set_fill_cache(options, fillsCache ? 1 : 0)
        unsafe rocksdb_readoptions_set_total_order_seek(options, isWithinKey ? 0 : 1)
        unsafe rocksdb_readoptions_set_prefix_same_as_start(options, isWithinKey ? 1 : 0)
        guard let iterator = unsafe rocksdb_create_iterator(handle, options) else {
            preconditionFailure("RocksDB made no iterator")
        }
        return unsafe RocksCursor(iterator: iterator, options: options, database: self)
    }

    /// A cursor is gone.
    fileprivate func releaseCursor() {
        unsafe pthread_rwlock_unlock(gate)
    }

    /// Takes complete files over, newest last; they are gone from their folder afterwards.
    func ingest(_ paths: [String]) throws(StateError) {
        unsafe try withHandles { handle, _ throws(StateError) in
            let options = unsafe rocksdb_ingestexternalfileoptions_create()
            defer { unsafe rocksdb_ingestexternalfileoptions_destroy(options) }
            unsafe rocksdb_ingestexternalfileoptions_set_move_files(options, 1)
            for path in paths {
                try unsafe rocks("take over a state file") { error in
                    unsafe path.withCString { name in
                        var list: UnsafePointer<CChar>? = unsafe name
                        unsafe rocksdb_ingest_external_file(handle, &list, 1, options, error)
                    }
                }
            }
        }
    }

    /// Makes a consistent copy by hard links in a folder that must not exist.
    func checkpoint(into folder: String) throws(StateError) {
        unsafe try withHandles { handle, _ throws(StateError) in
            try unsafe rocks("make a checkpoint in \(folder)") { error in
                unsafe apus_rocksdb_snapshot(handle, folder, error)
            }
        }
    }

    /// A number that RocksDB knows of itself, such as `rocksdb.estimate-num-keys`.
    func number(_ property: String) throws(StateError) -> Int {
        unsafe try withHandles { handle, _ in
            var value: UInt64 = 0
            _ = unsafe rocksdb_property_int(handle, property, &value)
            return Int(value)
        }
    }

    /// How many files lie in a level.
    func fileCount(level: Int) throws(StateError) -> Int {
        unsafe try withHandles { handle, _ in
            let name = "rocksdb.num-files-at-level\(level)"
            guard let text = unsafe rocksdb_property_value(handle, name) else { return 0 }
            defer { unsafe rocksdb_free(text) }
            return Int(unsafe String(cString: text)) ?? 0
        }
    }
}

/// A cursor over the keys of a database as it was when the cursor was made.
@safe final class RocksCursor {
    private let iterator: OpaquePointer
    private let options: OpaquePointer
    /// Keeps the database open.
    private let database: RocksDatabase

    fileprivate init(iterator: OpaquePointer, options: OpaquePointer, database: RocksDatabase) {
        unsafe self.iterator = unsafe iterator
        unsafe self.options = unsafe options
        self.database = database
    }

    deinit {
        unsafe rocksdb_iter_destroy(iterator)
        unsafe rocksdb_readoptions_destroy(options)
        database.releaseCursor()
    }

    /// Goes to the first key that is not before the given one.
    func seek(_ key: [UInt8]) {
        unsafe key.withUnsafeBytes { bytes in
            unsafe rocksdb_iter_seek(
                iterator,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count
            )
        }
    }

    /// Goes to the last key that is not behind the given one.
    func seekForPrevious(_ key: [UInt8]) {
        unsafe key.withUnsafeBytes { bytes in
            unsafe rocksdb_iter_seek_for_prev(
                iterator,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count
            )
        }
    }

    var isValid: Bool { unsafe rocksdb_iter_valid(iterator) != 0 }

    func next() { unsafe rocksdb_iter_next(iterator) }

    func previous() { unsafe rocksdb_iter_prev(iterator) }

    /// The key here; valid until the cursor moves.
    var key: UnsafeRawBufferPointer {
        var length = 0
        let bytes = unsafe rocksdb_iter_key(iterator, &length)
        return unsafe UnsafeRawBufferPointer(start: bytes, count: length)
    }

    /// What follows the prefix in the key here; nil at the end or when the prefix is another.
    func suffix(_ prefix: [UInt8]) -> UnsafeRawBufferPointer? {
        guard isValid else { return nil }
        let key = unsafe self.key
        guard key.count >= prefix.count else { return nil }
        guard let start = key.baseAddress else { return unsafe key }
        let isSame = unsafe prefix.withUnsafeBytes { prefix in
            guard let wanted = prefix.baseAddress else { return true }
            return unsafe RawBytes.equal(wanted, start, prefix.count)
        }
        return isSame ? unsafe UnsafeRawBufferPointer(rebasing: key[prefix.count...]) : nil
    }

    /// The value here; valid until the cursor moves.
    var value: UnsafeRawBufferPointer {
        var length = 0
        let bytes = unsafe rocksdb_iter_value(iterator, &length)
        return unsafe UnsafeRawBufferPointer(start: bytes, count: length)
    }

    /// Throws if the cursor ended because of a failure.
    func check() throws(StateError) {
        try unsafe rocks("read") { error in unsafe rocksdb_iter_get_error(iterator, error) }
    }
}
