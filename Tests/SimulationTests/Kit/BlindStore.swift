import JobManager
import ObjectStore

/// A store whose leader folder shows nothing newer than the caller's own claim.
struct BlindStore: ObjectStore {
    let store: any ObjectStore
    let epoch: UInt64

    var location: String { store.location }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        try store.put(key, bytes, ifAbsent: ifAbsent)
    }

    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        try store.putFile(key, fromPath: path)
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] { try store.get(key) }

    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        try store.getFile(key, toPath: path)
    }

    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        let all = try store.list(prefix)
        guard prefix.hasSuffix("/leader/") else { return all }
        return all.filter { (ClusterLayout.epoch(ofKey: $0.key) ?? 0) <= epoch }
    }

    func delete(_ keys: [String]) throws(ObjectStoreError) { try store.delete(keys) }
}
