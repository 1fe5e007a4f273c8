/// How leadership passes from one job manager to the next; names and defaults as in Kubernetes.
package struct LeaseOptions: Hashable, Sendable {
    /// How long a leader's record must stay unchanged before another may claim.
    package var leaseDurationMicroseconds: Int64
    /// How long after the start of its last successful renewal a leader stops leading.
    package var renewDeadlineMicroseconds: Int64
    /// The pause between two looks at the record, and between two renewals.
    package var retryPeriodMicroseconds: Int64

    /// The deadline must be shorter than the duration by more than clocks of two machines may
    /// drift apart within it: only then has the old leader stopped when a new one starts.
    package init(
        leaseDurationMicroseconds: Int64 = 15_000_000,
        renewDeadlineMicroseconds: Int64 = 10_000_000,
        retryPeriodMicroseconds: Int64 = 2_000_000
    ) {
        precondition(
            retryPeriodMicroseconds > 0
                && retryPeriodMicroseconds < renewDeadlineMicroseconds
                && renewDeadlineMicroseconds < leaseDurationMicroseconds,
            "a lease needs retry-period < renew-deadline < lease-duration"
        )
        self.leaseDurationMicroseconds = leaseDurationMicroseconds
        self.renewDeadlineMicroseconds = renewDeadlineMicroseconds
        self.retryPeriodMicroseconds = retryPeriodMicroseconds
    }
}
