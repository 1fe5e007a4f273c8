import Synchronization

/// A store that fails on purpose, in front of a real one: for tests of crashes and full disks.
package final class FaultyStore: ObjectStore {
    /// What goes wrong.
    package enum Fault: Sendable, Hashable {
        /// The call does nothing and throws.
        case fail(ObjectStoreError.Kind)
        /// Only the first half of the object arrives, and the call throws; or it does not.
        case tear(reported: Bool)
        /// The call works, but the caller is told that it did not.
        case failAfterwards
        /// The same of a store that cannot do what is needed of it.
        case refuseAfterwards
        /// The calling thread sleeps first.
        case delay(microseconds: Int64)
    }

    private struct State {
        var calls = 0
        var faults: [Int: Fault] = [:]
        var capacityBytes: Int64?
        var log: [String] = []
    }

    package let location: String
    private let store: any ObjectStore
    private let state = Mutex(State())
    private let sleep: @Sendable (Int64) -> Void

    /// - Parameters:
    ///   - store: the real store.
    ///   - sleep: how a delay passes; the microseconds are handed in.
    package init(
        _ store: any ObjectStore,
        sleep: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.store = store
        self.sleep = sleep
        location = store.location
    }

    /// Makes the n-th call from now on go wrong; the next one is number 1.
    package func failCall(_ number: Int, _ fault: Fault) {
        state.withLock { $0.faults[$0.calls + number] = fault }
    }

    /// Takes back all faults that have not happened yet.
    package func clearFaults() {
        state.withLock { $0.faults = [:] }
    }

    /// Makes everything that would exceed this many bytes in all fail for lack of space.
    package func setCapacity(bytes: Int64?) {
        state.withLock { $0.capacityBytes = bytes }
    }

    /// How many calls were made, the failed ones included.
    package var callCount: Int { state.withLock { $0.calls } }

    /// The calls so far: name and key.
    package var calls: [String] { state.withLock { $0.log } }

    package func put(
        _ key: String,
        _ bytes: [UInt8],
        ifAbsent: Bool
    ) throws(ObjectStoreError) {
        let fault = begin("put", key)
        try checkSpace(Int64(bytes.count), key)
        switch fault {
        case .tear(let reported):
            try store.put(key, Array(bytes[..<(bytes.count / 2)]), ifAbsent: ifAbsent)
            if reported { throw broken(.failed, "put", key) }
        default:
            try before(fault, "put", key)
            try store.put(key, bytes, ifAbsent: ifAbsent)
            try after(fault, "put", key)
        }
    }

    package func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        let fault = begin("putFile", key)
        let content: [UInt8]
        do {
            content = try LocalFiles.read(path)
        } catch {
            throw ObjectStoreError(.notFound, error.description)
        }
        try checkSpace(Int64(content.count), key)
        switch fault {
        case .tear(let reported):
            try store.put(key, Array(content[..<(content.count / 2)]), ifAbsent: false)
            if reported { throw broken(.failed, "putFile", key) }
        default:
            try before(fault, "putFile", key)
            try store.putFile(key, fromPath: path)
            try after(fault, "putFile", key)
        }
    }

    package func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        let fault = begin("get", key)
        try before(fault, "get", key)
        let bytes = try store.get(key)
        if case .tear = fault { return Array(bytes[..<(bytes.count / 2)]) }
        return bytes
    }

    package func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        let fault = begin("getFile", key)
        try before(fault, "getFile", key)
        if case .tear = fault {
            let bytes = try store.get(key)
            do {
                try LocalFiles.write(path, Array(bytes[..<(bytes.count / 2)]))
            } catch {
                throw ObjectStoreError(.failed, error.description)
            }
            return
        }
        try store.getFile(key, toPath: path)
    }

    package func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        let fault = begin("list", prefix)
        try before(fault, "list", prefix)
        return try store.list(prefix)
    }

    package func delete(_ keys: [String]) throws(ObjectStoreError) {
        let fault = begin("delete", keys.joined(separator: " "))
        if case .tear = fault {
            try store.delete(Array(keys[..<(keys.count / 2)]))
            throw broken(.failed, "delete", "half of the keys")
        }
        try before(fault, "delete", keys.joined(separator: " "))
        try store.delete(keys)
        try after(fault, "delete", keys.joined(separator: " "))
    }

    private func begin(_ name: String, _ key: String) -> Fault? {
        let fault = state.withLock { state in
            state.calls += 1
            state.log.append("\(name) \(key)")
            return state.faults.removeValue(forKey: state.calls)
        }
        if case .delay(let microseconds) = fault { sleep(microseconds) }
        return fault
    }

    private func before(
        _ fault: Fault?,
        _ name: String,
        _ key: String
    ) throws(ObjectStoreError) {
        if case .fail(let kind) = fault { throw broken(kind, name, key) }
    }

    private func after(_ fault: Fault?, _ name: String, _ key: String) throws(ObjectStoreError) {
        switch fault {
        case .failAfterwards: throw broken(.failed, name, key)
        case .refuseAfterwards: throw broken(.unsupported, name, key)
        default: break
        }
    }

    private func broken(
        _ kind: ObjectStoreError.Kind,
        _ name: String,
        _ key: String
    ) -> ObjectStoreError {
        ObjectStoreError(
            kind,
            isRetryable: true,
            kind == .full
                ? "cannot write '\(key)': No space left on device"
                : "\(name) of '\(key)' failed on purpose"
        )
    }

    private func checkSpace(_ bytes: Int64, _ key: String) throws(ObjectStoreError) {
        guard let capacity = state.withLock({ $0.capacityBytes }) else { return }
        let used = try store.list("").reduce(0) { $0 + $1.bytes }
        if used + bytes > capacity { throw broken(.full, "put", key) }
    }
}
