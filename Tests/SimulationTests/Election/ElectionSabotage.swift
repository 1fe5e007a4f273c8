import JobManager

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
        case .ignoresTheEpoch, .staleListings: "epoch"
        case .claimsWhatIsTaken: "is led by"
        case .doesNotWait: "leads"
        }
    }
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
