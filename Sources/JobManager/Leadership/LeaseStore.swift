/// Where the records of leaders are kept; the answers are the events of `LeaseElection`.
///
/// An object store is one; a `Lease` of Kubernetes can be another: its `leaseTransitions` are the
/// epoch, `holderIdentity` the holder (empty when released), `renewTime` the renewals, and each
/// write is conditional on the `resourceVersion` that was seen last. Calls block, and come from one
/// thread at a time.
package protocol LeaseStore: Sendable {
    /// The record with the highest epoch.
    func read() -> LeaseElection.Reading

    /// Writes the record if neither its epoch nor a higher one is taken.
    func claim(_ record: LeaderRecord) -> LeaseElection.Answer

    /// Overwrites the caller's own record, and looks for a higher epoch.
    func renew(_ record: LeaderRecord) -> LeaseElection.Answer

    /// Overwrites the caller's own record with one that is released, if it can.
    func release(_ record: LeaderRecord)
}
