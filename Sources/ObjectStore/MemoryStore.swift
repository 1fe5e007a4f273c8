import Synchronization

/// An object store in the memory of the process, for tests and for jobs that keep nothing.
package final class MemoryStore: ObjectStore {
    package let location: String
    private let objects = Mutex<[String: [UInt8]]>([:])

    package init(location: String = "memory") {
        self.location = location
    }

    package func put(
        _ key: String,
        _ bytes: [UInt8],
        ifAbsent: Bool
    ) throws(ObjectStoreError) {
        let isTaken = objects.withLock { objects in
            if ifAbsent, objects[key] != nil { return true }
            objects[key] = bytes
            return false
        }
        if isTaken { throw ObjectStoreError(.exists, "'\(key)' exists in \(location)") }
    }

    package func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        let bytes: [UInt8]
        do {
            bytes = try LocalFiles.read(path)
        } catch {
            throw ObjectStoreError(error.isMissingFile ? .notFound : .failed, error.description)
        }
        try put(key, bytes, ifAbsent: false)
    }

    package func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        guard let bytes = objects.withLock({ $0[key] }) else {
            throw ObjectStoreError(.notFound, "there is no '\(key)' in \(location)")
        }
        return bytes
    }

    package func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        let bytes = try get(key)
        do {
            try LocalFiles.write(path, bytes)
        } catch {
            throw ObjectStoreError(
                error.isFull ? .full : error.isTakenName ? .exists : .failed,
                isRetryable: error.isPassing,
                error.description
            )
        }
    }

    package func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        precondition(prefix.isEmpty || prefix.hasSuffix("/"), "a listing is of a folder")
        let found = objects.withLock { objects in
            objects.filter { $0.key.hasPrefix(prefix) }
                .map { ObjectInfo(key: $0.key, bytes: Int64($0.value.count)) }
        }
        return found.sorted { $0.key < $1.key }
    }

    package func delete(_ keys: [String]) throws(ObjectStoreError) {
        objects.withLock { objects in
            for key in keys { objects[key] = nil }
        }
    }
}
