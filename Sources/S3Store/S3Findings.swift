import Synchronization

/// What was found out about a store by using it; shared by all that use it in the same way.
final class S3Findings: Sendable {
    /// How far the store's clock is ahead of ours.
    let clockAheadMicroseconds = Atomic<Int64>(0)
    /// Whether the store was seen to honour `If-None-Match`.
    let isConditionProven = Atomic(false)
    /// Whether the store refused to delete several objects with one request.
    let deletesOneByOne = Atomic(false)
}
