import ObjectStore
import Synchronization

/// A store that refuses some writes for as long as the test wants.
final class RefusingStore: ObjectStore {
    /// What an object holds that is refused; nil for none.
    private let text: Mutex<String?>
    private let store = MemoryStore()

    init(refusing text: String?) {
        self.text = Mutex(text)
    }

    /// From now on everything works.
    func relent() {
        text.withLock { $0 = nil }
    }

    var location: String { store.location }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        if let text = text.withLock({ $0 }), String(decoding: bytes, as: UTF8.self).contains(text) {
            throw ObjectStoreError(.failed, isRetryable: true, "'\(key)' is refused on purpose")
        }
        try store.put(key, bytes, ifAbsent: ifAbsent)
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
