import Columnar
import Core
import Synchronization

/// Reads the keys of a restored database on the persister, so that filters know what is on disk.
///
/// Until then every key may be.
@safe final class FilterBuilder: @unchecked Sendable {
    // Safety: the cursor and what it found belong to the persister thread; `finished` is the
    // hand-over, under a mutex.
    /// One state, or one window of a window state.
    struct Scope: Hashable {
        let id: UInt8
        let window: Int64?
        /// Whether it is about pairs of key and sub-key.
        var isOfPairs = false
    }

    private let database: RocksDatabase
    private let shapes: [UInt8: StateShape]
    /// Window states whose keys are composites of key and sub-key.
    private let composites: Set<UInt8>
    /// Where the next step goes on; what is written in between, the slot's filters know.
    private var next: [UInt8] = []
    private var found: [Scope: Layers] = [:]
    /// The layers of the scope of the last key: the next key is likely to be of the same.
    private var current: (scope: Scope, layers: Layers)?
    private var lastKey: (scope: Scope, hash: UInt64)?
    private var isDone = false
    /// The result, until the slot thread takes it.
    private let finished = Mutex<[Scope: [FilterLayer]]?>(nil)

    init(database: RocksDatabase, declarations: [StateDeclaration]) {
        self.database = database
        shapes = Dictionary(declarations.map { ($0.id, $0.shape) }) { first, _ in first }
        composites = Set(declarations.filter { $0.hasCompositeKeys }.map { $0.id })
    }

    /// Reads at most so many more keys, on the persister; true if there are more.
    func step(keyLimit: Int) throws(StateError) -> Bool {
        guard !isDone else { return false }
        let cursor = try database.makeCursor(fillsCache: false)
        cursor.seek(next)
        var steps = 0
        while cursor.isValid, steps < keyLimit {
            unsafe add(cursor.key)
            cursor.next()
            steps += 1
        }
        try cursor.check()
        if cursor.isValid {
            next = unsafe Array(cursor.key)
            return true
        }
        isDone = true
        let result = found.mapValues { $0.list }
        found = [:]
        current = nil
        finished.withLock { $0 = result }
        return false
    }

    private func add(_ key: UnsafeRawBufferPointer) {
        let id = unsafe key[2]
        guard let shape = shapes[id] else { return }
        switch shape {
        case .value:
            let rest = unsafe UnsafeRawBufferPointer(rebasing: key[StateKey.prefixLength...])
            insert(Scope(id: id, window: nil), unsafe Hashing.hash(rest))
        case .window:
            let rest = unsafe UnsafeRawBufferPointer(
                rebasing: key[StateKey.windowPrefixLength...]
            )
            let hash = unsafe WindowState.hash(rest, isComposite: composites.contains(id))
            insert(Scope(id: id, window: unsafe StateKey.window(key)), hash)
        case .multimap:
            let start = StateKey.prefixLength + StateKey.lengthBytes
            let middle = unsafe start + StateKey.multimapKeyLength(key)
            let mine = unsafe UnsafeRawBufferPointer(rebasing: key[start..<middle])
            let subKey = unsafe UnsafeRawBufferPointer(rebasing: key[middle...])
            let hash = unsafe Hashing.hash(mine)
            let scope = Scope(id: id, window: nil)
            insertKey(scope, hash)
            insert(
                Scope(id: id, window: nil, isOfPairs: true),
                unsafe MultimapTable.pairHash(hash, Hashing.hash(subKey))
            )
        }
    }

    /// Adds the key of an entry, once: entries of one key stand together.
    private func insertKey(_ scope: Scope, _ hash: UInt64) {
        if let lastKey, lastKey.scope == scope, lastKey.hash == hash { return }
        lastKey = (scope, hash)
        let layers = found[scope] ?? Layers()
        found[scope] = layers
        layers.insert(hash)
    }

    private func insert(_ scope: Scope, _ hash: UInt64) {
        if let current, current.scope == scope {
            current.layers.insert(hash)
            return
        }
        let layers = found[scope] ?? Layers()
        found[scope] = layers
        current = (scope, layers)
        layers.insert(hash)
    }

    /// The keys of one scope.
    private final class Layers {
        private(set) var list: [FilterLayer] = []

        func insert(_ hash: UInt64) {
            if list.last?.isFull ?? true {
                list.append(FilterLayer(capacity: max(512, (list.last?.capacity ?? 0) * 4)))
            }
            list[list.count - 1].insert(hash)
        }
    }

    /// What was found, once, for the slot thread; nil before it is all there.
    func take() -> [Scope: [FilterLayer]]? {
        finished.withLock { finished in
            defer { finished = nil }
            return finished
        }
    }
}
