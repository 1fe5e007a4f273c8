import Connectors
import ObjectStore

/// A store that refuses further calls once its task is being stopped: what is still to be fetched
/// or uploaded serves nobody.
struct CancellableStore: ObjectStore {
    let store: any ObjectStore
    let cancellation: Cancellation

    var location: String { store.location }

    private func check() throws(ObjectStoreError) {
        guard cancellation.isCancelled else { return }
        throw ObjectStoreError(.failed, isRetryable: true, "The task is being stopped.")
    }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        try check()
        try store.put(key, bytes, ifAbsent: ifAbsent)
    }

    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        try check()
        try store.putFile(key, fromPath: path)
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        try check()
        return try store.get(key)
    }

    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        try check()
        try store.getFile(key, toPath: path)
    }

    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        try check()
        return try store.list(prefix)
    }

    func delete(_ keys: [String]) throws(ObjectStoreError) {
        try check()
        try store.delete(keys)
    }
}

/// Opens stores that refuse calls once a task is being stopped.
struct CancellableStores: StoreOpening {
    let stores: any StoreOpening
    let cancellation: Cancellation

    func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore {
        CancellableStore(store: try stores.open(location), cancellation: cancellation)
    }
}
