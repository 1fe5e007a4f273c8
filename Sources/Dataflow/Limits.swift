/// The named limits of this module.
package enum DataflowLimits {
    /// Batches under way in one channel before its sender has to pause.
    package static let channelBatches = 2
    /// Elements of others that a channel waits for at most because they are behind in event time.
    package static let channelYields = 16
    /// Rows that an exchange gathers for one receiver before it sends them, unless it idles.
    package static let exchangeRows = 2048
    /// Rows that a stage takes in before it sends what is gathered on all its edges, so that an
    /// edge with few rows does not fall behind one with many.
    package static let flushRows = 8192
    /// Runs of stages after which the memory for state is divided anew among operators.
    package static let rebalanceRuns = 64
    /// Rows that one run of a stage should send at most: a join that multiplies rows is given
    /// fewer of them at a time.
    package static let stageOutputRows = 65_536
    /// How long a source waits for the external system before it looks at its mail.
    package static let sourceWaitMicroseconds: Int64 = 50_000
    /// How long a source without a split waits before it asks for one again.
    package static let splitRequestMicroseconds: Int64 = 100_000
    /// Mail to one slot that may wait; sources and channels are bounded by their credit.
    package static let mailboxMessages = 65_536
    /// How long sinks that are stopped may take for what is theirs to commit.
    package static let sinkGraceMicroseconds: Int64 = 5_000_000
    /// The pause before state that could not be written to disk is tried again.
    package static let persistRetryMicroseconds: Int64 = 1_000_000
    /// The longest pause: it doubles with each failure in a row, as the warnings do.
    package static let persistRetryMicrosecondsMax: Int64 = 60_000_000
}
