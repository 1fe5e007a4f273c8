package import Core

/// A store that refuses further calls once nobody waits for them: what is still to be fetched or
/// uploaded serves nobody.
///
/// A call under way is waited for; stores that may wait long have a better `cancelled(by:)`.
struct CancellableStore: ObjectStore {
    let store: any ObjectStore
    let cancellation: Cancellation

    var location: String { store.location }

    private func check() throws(ObjectStoreError) {
        if cancellation.isCancelled { throw .cancelled }
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

/// Opens stores whose calls end once nobody waits for them.
package struct CancellableStores: StoreOpening {
    let stores: any StoreOpening
    let cancellation: Cancellation

    package init(stores: any StoreOpening, cancellation: Cancellation) {
        self.stores = stores
        self.cancellation = cancellation
    }

    package func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore {
        try stores.open(location).cancelled(by: cancellation)
    }
}
