import Columnar
package import Core
import ObjectStore
import Synchronization

/// All keyed state of one stateful operator in one slot: tables over one RocksDB (DESIGN §7).
///
/// ```
/// slot thread:       lookup / store … freeze(epoch) ─▶ FrozenState
/// persister thread:                                      └▶ persist ─▶ snapshotFiles ─▶ upload
/// ```
///
/// A change stays in memory until it has been persisted; only then may it be dropped from there.
package final class StateStore {
    package let uid: OperatorUID
    package let declarations: [StateDeclaration]
    package let keyGroups: KeyGroupRange
    /// The half that belongs to the persister thread.
    package let persister: StatePersister
    private let context: StateContext
    private let filterBuilder: FilterBuilder?
    private var areFiltersKnown: Bool
    private var values: [UInt8: ValueState] = [:]
    private var multimaps: [UInt8: MultimapState] = [:]
    private var windows: [UInt8: WindowState] = [:]

    /// Opens the state of an operator; blocks while state is restored.
    ///
    /// - Parameters:
    ///   - uid: the operator, for messages.
    ///   - directory: a folder of this store alone; what is in it is deleted first.
    ///   - declarations: the named states; ids are distinct.
    ///   - keyGroups: the key groups of the slot.
    ///   - maxParallelism: the number of key groups of the job.
    ///   - budget: the memory of the tables.
    ///   - blockCache: RocksDB's cache, shared by the stores of a process.
    ///   - restore: the checkpoint to start from; empty state if nil.
    /// - Throws: `schema` when the checkpoint does not fit, `full` when the disk is, or another error.
    package init(
        uid: OperatorUID,
        directory: String,
        declarations: [StateDeclaration],
        keyGroups: KeyGroupRange,
        maxParallelism: Int,
        budget: StateBudget,
        blockCache: BlockCache,
        restore: RestoreSource? = nil
    ) throws(StateError) {
        precondition(
            Set(declarations.map(\.id)).count == declarations.count,
            "two states of operator '\(uid)' have the same id"
        )
        self.uid = uid
        self.declarations = declarations
        self.keyGroups = keyGroups
        let incoming = "\(directory)/incoming"
        do throws(SystemFault) {
            try LocalFiles.removeAll(directory)
            try LocalFiles.makeFolders(incoming)
        } catch {
            throw StateError(
                error.isFull ? .full : .failed,
                "operator '\(uid)' has no folder for its state: \(error)"
            )
        }
        let options = RocksOptions(
            cache: blockCache,
            openFilesMax: budget.openFilesMax,
            isAppendOnly: declarations.allSatisfy(\.isAppendOnly)
        )
        let database: RocksDatabase
        if let restore {
            database = try StateRestorer(
                uid: uid,
                declarations: declarations,
                keyGroups: keyGroups,
                maxParallelism: maxParallelism,
                options: options,
                databaseFolder: "\(directory)/db",
                incomingFolder: incoming
            ).restore(restore)
        } else {
            database = try RocksDatabase(directory: "\(directory)/db", options: options)
        }
        context = try StateContext(
            budget: budget,
            keyGroups: keyGroups,
            maxParallelism: maxParallelism
        )
        filterBuilder =
            restore == nil
            ? nil : FilterBuilder(database: database, declarations: declarations)
        areFiltersKnown = restore == nil
        persister = StatePersister(
            context: context,
            database: database,
            options: options,
            folder: incoming,
            filterBuilder: filterBuilder
        )
        try openStates(database, isRestored: restore != nil)
    }

    private func openStates(
        _ database: RocksDatabase,
        isRestored: Bool
    ) throws(StateError) {
        let reader = DiskReader(context: context, database: database)
        for declaration in declarations {
            let id = declaration.id
            switch declaration.shape {
            case .value:
                let table = RowTable(context, isUnknown: isRestored)
                values[id] = ValueState(id: id, table: table, reader: reader)
            case .multimap:
                let table = MultimapTable(
                    context,
                    isUnknown: isRestored,
                    isAppendOnly: declaration.isAppendOnly
                )
                multimaps[id] = MultimapState(id: id, table: table, reader: reader)
            case .window:
                let restored =
                    isRestored
                    ? try WindowScan.windows(of: id, in: database, keyGroups) : []
                windows[id] = WindowState(
                    id: id,
                    context: context,
                    reader: reader,
                    restored: restored,
                    isComposite: declaration.hasCompositeKeys
                )
            }
        }
    }

    /// The value state with that id, which is declared as one.
    package func value(_ id: UInt8) -> ValueState {
        guard let state = values[id] else {
            preconditionFailure("operator '\(uid)' declares no value state \(id)")
        }
        return state
    }

    /// The multimap state with that id, which is declared as one.
    package func multimap(_ id: UInt8) -> MultimapState {
        guard let state = multimaps[id] else {
            preconditionFailure("operator '\(uid)' declares no multimap state \(id)")
        }
        return state
    }

    /// The window state with that id, which is declared as one.
    package func window(_ id: UInt8) -> WindowState {
        guard let state = windows[id] else {
            preconditionFailure("operator '\(uid)' declares no window state \(id)")
        }
        return state
    }

    /// Copies out everything that changed since the last freeze, on the slot thread.
    ///
    /// Every frozen state must go to `persister.persist`, in order.
    ///
    /// - Parameter epoch: the epoch that ends, or that is running when a freeze comes early.
    /// - Returns: the changes.
    /// - Throws: when memory cannot be had.
    package func freeze(_ epoch: CheckpointID) throws(StateError) -> FrozenState {
        adoptFilters()
        var runs: [FrozenRun] = []
        var drops: [DroppedWindow] = []
        for declaration in declarations {
            let id = declaration.id
            if let run = try values[id]?.table.freeze(id: id, window: nil) { runs.append(run) }
            if let run = try multimaps[id]?.table.freeze(id: id) { runs.append(run) }
            try windows[id]?.freeze(&runs, &drops)
        }
        let frozen = FrozenState(
            epoch: epoch,
            freeze: context.currentFreeze,
            runs: runs,
            drops: drops
        )
        context.frozenBytes.add(frozen.bytes, ordering: .relaxed)
        context.advanceFreeze()
        return frozen
    }

    /// Lets the filters know what the persister has found on disk after a restore.
    package func adoptFilters() {
        guard !areFiltersKnown, let found = filterBuilder?.take() else { return }
        areFiltersKnown = true
        for (id, state) in values {
            state.table.filter.adopt(found[.init(id: id, window: nil)] ?? [])
        }
        for (id, state) in multimaps {
            state.table.filter.adopt(found[.init(id: id, window: nil)] ?? [])
            // Nobody may ever ask; till then, every pair may be on disk.
            guard state.table.tracksPairs else { continue }
            let pairs = FilterBuilder.Scope(id: id, window: nil, isOfPairs: true)
            state.table.pairFilter.adopt(found[pairs] ?? [])
        }
        for (id, state) in windows {
            for (window, filter) in state.filters {
                filter.adopt(found[.init(id: id, window: window)] ?? [])
            }
        }
    }

    /// Whether so much has changed that the slot should freeze without waiting for a barrier.
    package var shouldFreeze: Bool { context.dirtyBytes > context.dirtyLimit }

    /// Whether memory is over its budget because the persister is behind: the slot should let it
    /// catch up before it takes in more, unless nothing can be persisted (a full disk).
    package var isSaturated: Bool {
        context.frozenBytes.load(ordering: .relaxed) > 0
            && context.isOver
    }

    /// Gives the store more memory, or less.
    func setLimit(_ bytes: Int) throws(StateError) {
        try context.setLimit(bytes)
    }

    /// Whether records had to leave memory since this was last asked.
    func takeShortage() -> Bool { context.takeShortage() }

    /// The most memory that was used of late.
    func takePeak() -> Int { context.takePeak() }

    /// What the store uses now.
    package var usage: StateUsage {
        StateUsage(
            usedBytes: context.usedBytes,
            dirtyBytes: context.dirtyBytes,
            frozenBytes: context.frozenBytes.load(ordering: .relaxed),
            garbageBytes: context.garbageBytes
        )
    }
}

/// The memory of a state store, in bytes.
package struct StateUsage: Hashable, Sendable {
    /// Everything that counts against the budget.
    package let usedBytes: Int
    /// Records that changed since the last freeze.
    package let dirtyBytes: Int
    /// Frozen changes that are not yet in RocksDB.
    package let frozenBytes: Int
    /// Dead records that have not been swept up.
    package let garbageBytes: Int
}
