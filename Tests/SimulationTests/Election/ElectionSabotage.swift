import JobManager
import ObjectStore

/// Ways to break the protocol on purpose, in what surrounds the real code.
enum ElectionSabotage: CaseIterable, Sendable {
    /// A leader does not look for newer claims after its writes.
    case ignoresTheEpoch
    /// A claim overwrites another of the same epoch.
    case claimsWhatIsTaken
    /// A standby does not wait for the lease to run out.
    case doesNotWait
    /// The store lists what it had a while ago, as no S3 does.
    case staleListings

    /// What the checker says of it.
    var expected: String {
        switch self {
        case .ignoresTheEpoch: "epoch"
        case .claimsWhatIsTaken: "is led by"
        case .doesNotWait: "leads"
        case .staleListings: "epoch"
        }
    }
}

/// A store whose leader folder shows nothing newer than the caller's own claim.
struct BlindStore: ObjectStore {
    let store: any ObjectStore
    let layout: ClusterLayout
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
        guard prefix == layout.leaderFolder else { return all }
        return all.filter { (ClusterLayout.epoch(ofKey: $0.key) ?? 0) <= epoch }
    }

    func delete(_ keys: [String]) throws(ObjectStoreError) { try store.delete(keys) }
}

/// A lease that breaks its promises.
struct BrokenLease: LeaseStore {
    let lease: any LeaseStore
    let sabotage: ElectionSabotage

    func read() -> LeaseElection.Reading {
        guard sabotage == .doesNotWait, case .record(var record) = lease.read() else {
            return lease.read()
        }
        record.isReleased = true
        return .record(record)
    }

    func claim(_ record: LeaderRecord) -> LeaseElection.Answer {
        guard sabotage == .claimsWhatIsTaken else { return lease.claim(record) }
        return lease.renew(record)
    }

    func renew(_ record: LeaderRecord) -> LeaseElection.Answer { lease.renew(record) }

    func release(_ record: LeaderRecord) { lease.release(record) }
}
