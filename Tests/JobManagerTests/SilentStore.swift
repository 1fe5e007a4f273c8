import Core
import ObjectStore
import Synchronization
import Threads

/// A store that stops to answer writes: they end only when they are cancelled.
final class SilentStore: ObjectStore {
    private final class State: Sendable {
        let isSilent = Atomic(false)
        let waiting = Atomic(0)
    }

    private let state: State
    private let store: MemoryStore
    private let cancellation: Cancellation

    convenience init() {
        self.init(State(), MemoryStore(), Cancellation())
    }

    private init(_ state: State, _ store: MemoryStore, _ cancellation: Cancellation) {
        self.state = state
        self.store = store
        self.cancellation = cancellation
    }

    func fallSilent() { state.isSilent.store(true, ordering: .relaxed) }

    /// How many writes were begun since.
    var waiting: Int { state.waiting.load(ordering: .relaxed) }

    var location: String { store.location }

    func cancelled(by cancellation: Cancellation) -> any ObjectStore {
        SilentStore(state, store, cancellation)
    }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        guard state.isSilent.load(ordering: .relaxed) else {
            return try store.put(key, bytes, ifAbsent: ifAbsent)
        }
        state.waiting.add(1, ordering: .relaxed)
        let signal = ThreadSignal()
        cancellation.onCancel { signal.raise() }
        signal.wait()
        throw .cancelled
    }

    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        try store.putFile(key, fromPath: path)
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] { try store.get(key) }

    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        try store.getFile(key, toPath: path)
    }

    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] { try store.list(prefix) }

    func delete(_ keys: [String]) throws(ObjectStoreError) { try store.delete(keys) }
}
