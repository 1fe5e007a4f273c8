package import Core

/// A flat store of named, immutable objects: where checkpoints, savepoints and the job registry live.
///
/// Keys are relative paths with `/`, without a leading one. Calls block: they run on state
/// persisters and coordinators, never on slot or cooperative threads. All calls may be made from
/// any thread.
package protocol ObjectStore: Sendable {
    /// Where this is, for messages: a path or an `s3://` address.
    var location: String { get }

    /// Writes a whole object; when it returns, the object is durable and visible as a whole.
    ///
    /// - Throws: `ObjectStoreError` with `exists` when `ifAbsent` is set and the key is taken.
    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError)

    /// Copies a local file into the store; durable and visible as a whole when it returns.
    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError)

    /// Reads a whole object.
    ///
    /// - Throws: `ObjectStoreError` with `notFound` when there is none.
    func get(_ key: String) throws(ObjectStoreError) -> [UInt8]

    /// Copies an object to a local file, which must not exist.
    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError)

    /// The keys and sizes of all objects below a prefix that ends with `/`, sorted by key.
    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo]

    /// Deletes objects; a key without an object is not an error.
    func delete(_ keys: [String]) throws(ObjectStoreError)

    /// The same store for callers who may have to leave: once cancelled, a call that waits for
    /// another machine ends, and no further one begins; both throw `ObjectStoreError.cancelled`.
    func cancelled(by cancellation: Cancellation) -> any ObjectStore

    /// Removes what crashed writers left, as far as it can; for a process that starts.
    func removeAbandoned()
}

extension ObjectStore {
    package func cancelled(by cancellation: Cancellation) -> any ObjectStore {
        CancellableStore(store: self, cancellation: cancellation)
    }

    package func removeAbandoned() {}
}

/// A stored object as listings show it.
package struct ObjectInfo: Hashable, Sendable {
    package let key: String
    package let bytes: Int64

    package init(key: String, bytes: Int64) {
        self.key = key
        self.bytes = bytes
    }
}
