import Core
import ObjectStore
import Synchronization

/// Brings frozen changes into RocksDB: sort, write one SST file, ingest it.
///
/// Belongs to the persister thread. What could not be written stays, and is tried again together
/// with what comes next.
@safe package final class StatePersister: @unchecked Sendable {
    // Safety: used by the persister thread alone.
    private let context: StateContext
    private let database: RocksDatabase
    private let options: RocksOptions
    private let folder: String
    /// Frozen states that are not in RocksDB, oldest first.
    private var pending: [FrozenState] = []
    private var fileNumber = 0
    /// Whether RocksDB must be opened again because taking over a file failed.
    private var isDoubtful = false
    private let filterBuilder: FilterBuilder?

    init(
        context: StateContext,
        database: RocksDatabase,
        options: RocksOptions,
        folder: String,
        filterBuilder: FilterBuilder?
    ) {
        self.context = context
        self.database = database
        self.options = options
        self.folder = folder
        self.filterBuilder = filterBuilder
    }

    /// Brings a frozen state, and those before it that failed, into RocksDB.
    ///
    /// - Throws: `full` when the disk is; nothing is lost then, and the next call tries again.
    package func persist(_ frozen: FrozenState) throws(StateError) {
        pending.append(frozen)
        try persistPending()
    }

    /// Whether something could not be persisted yet.
    package var hasPending: Bool { !pending.isEmpty }

    /// Tries again what could not be persisted.
    package func persistPending() throws(StateError) {
        guard let newest = pending.last else { return }
        if pending.contains(where: { !$0.isEmpty }) {
            fileNumber += 1
            let path = "\(folder)/\(fileNumber).sst"
            do throws(StateError) {
                try write(path)
                try takeOver(path)
            } catch {
                do throws(SystemFault) {
                    try LocalFiles.remove(path)
                } catch let fault {
                    throw StateError(error.kind, "\(error.message); \(fault)")
                }
                throw error
            }
        }
        let bytes = pending.reduce(0) { $0 + $1.bytes }
        pending.removeAll()
        context.frozenBytes.subtract(bytes, ordering: .relaxed)
        context.persistedFreeze.store(newest.freeze, ordering: .releasing)
    }

    /// Makes a consistent copy of the database by hard links: the state as of the last `persist`.
    ///
    /// - Parameter folder: must not exist; whoever calls removes it when it is no longer needed.
    /// - Returns: the files.
    /// - Throws: when a link cannot be made, or a persist failed before.
    package func snapshotFiles(into folder: String) throws(StateError) -> [LocalFile] {
        guard pending.isEmpty else {
            throw StateError(.failed, "a state that could not be persisted cannot be copied")
        }
        try database.checkpoint(into: folder)
        var files: [LocalFile] = []
        do throws(SystemFault) {
            for name in try LocalFiles.names(in: folder) {
                let path = "\(folder)/\(name)"
                guard let status = try LocalFiles.status(path) else { continue }
                files.append(
                    LocalFile(
                        name: name,
                        path: path,
                        bytes: status.bytes,
                        isTable: name.hasSuffix(".sst")
                    )
                )
            }
        } catch {
            throw StateError(error.isFull ? .full : .failed, error.description)
        }
        return files
    }

    /// Does a bounded part of the work that can wait, reading the keys of restored state; true if
    /// there is more to do.
    package func maintain(
        keyLimit: Int = StateLimits.filterScanKeys
    ) throws(StateError) -> Bool {
        try filterBuilder?.step(keyLimit: keyLimit) ?? false
    }

    /// How many files wait for their first compaction, for metrics.
    package func levelZeroFiles() throws(StateError) -> Int {
        try database.fileCount(level: 0)
    }

    /// The sizes of all tables of the database together.
    package func databaseBytes() throws(StateError) -> Int {
        try database.number("rocksdb.total-sst-files-size")
    }

    private func takeOver(_ path: String) throws(StateError) {
        if isDoubtful { try database.reopen() }
        isDoubtful = true
        try database.ingest([path])
        isDoubtful = false
    }

    private func write(_ path: String) throws(StateError) {
        let writer = try SortedFileWriter(path: path, options: options)
        let drops = Set(pending.flatMap { $0.drops })
        for drop in drops.sorted(by: { ($0.id, $0.window) < ($1.id, $1.window) }) {
            for group in context.keyGroups.lower..<context.keyGroups.upper {
                let prefix = StateKey.prefix(group: group, id: drop.id, window: drop.window)
                try writer.deleteRange(prefix, StateKey.successor(prefix))
            }
        }
        let total = pending.reduce(0) { $0 + $1.entryCount }
        let memory = LargeMemory(bytes: total * MemoryLayout<SortedKey>.stride)
        let sorted = unsafe collect(
            UnsafeMutableBufferPointer(
                start: memory.base.bindMemory(to: SortedKey.self, capacity: total),
                count: total
            )
        )
        unsafe SortedKey.sort(sorted)
        var previous: SortedKey?
        for place in 0..<sorted.count {
            let entry = unsafe sorted[place]
            // Of equal keys the newest comes first.
            if let previous, previous.compare(entry) == 0 { continue }
            previous = entry
            try put(entry, writer)
        }
        try writer.finish()
    }

    private func put(_ entry: SortedKey, _ writer: SortedFileWriter) throws(StateError) {
        let row = unsafe entry.bytes.loadUnaligned(fromByteOffset: -4, as: UInt32.self)
        let key = unsafe UnsafeRawBufferPointer(start: entry.bytes, count: Int(entry.length))
        if row & FrozenRun.deletedBit != 0 {
            try unsafe writer.delete(key)
        } else {
            let start = unsafe entry.bytes + Int(entry.length)
            try unsafe writer.put(key, UnsafeRawBufferPointer(start: start, count: Int(row)))
        }
    }

    /// All entries that are still meant, tagged so that newer ones come first.
    private func collect(
        _ entries: UnsafeMutableBufferPointer<SortedKey>
    ) -> UnsafeMutableBufferPointer<SortedKey> {
        var filled = 0
        var dropped: Set<DroppedWindow> = []
        for (age, frozen) in pending.reversed().enumerated() {
            for run in frozen.runs {
                if let window = run.window,
                    dropped.contains(DroppedWindow(id: run.id, window: window))
                {
                    continue
                }
                unsafe append(run, age, entries, &filled)
            }
            dropped.formUnion(frozen.drops)
        }
        return unsafe UnsafeMutableBufferPointer(rebasing: entries[..<filled])
    }

    private func append(
        _ run: FrozenRun,
        _ age: Int,
        _ entries: UnsafeMutableBufferPointer<SortedKey>,
        _ filled: inout Int
    ) {
        var position = 0
        while position < run.count {
            let entry = unsafe UnsafeRawPointer(run.base) + position
            let length = Int(unsafe entry.loadUnaligned(as: UInt32.self))
            let row = unsafe entry.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            unsafe entries.initializeElement(
                at: filled,
                to: SortedKey(bytes: entry + FrozenRun.header, length: length, tag: age)
            )
            filled &+= 1
            position &+= FrozenRun.header &+ length &+ Int(row & ~FrozenRun.deletedBit)
        }
    }
}
