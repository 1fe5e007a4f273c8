/// The named limits of this module.
package enum DataflowLimits {
    /// Batches under way in one channel before its sender has to pause.
    package static let channelBatches = 4
    /// Rows that an exchange gathers for one receiver before it sends them, unless it idles.
    package static let exchangeRows = 2048
    /// Rows that one run of a stage should send at most: a join that multiplies rows is given
    /// fewer of them at a time.
    package static let stageOutputRows = 65_536
    /// How long a source waits for the external system before it looks at its mail.
    package static let sourceWaitMicroseconds: Int64 = 50_000
    /// How long a source without a split waits before it asks for one again.
    package static let splitRequestMicroseconds: Int64 = 100_000
    /// Mail to one slot that may wait; sources and channels are bounded by their credit.
    package static let mailboxMessages = 65_536
    /// The pause before state that could not be written to disk is tried again.
    package static let persistRetryMicroseconds: Int64 = 1_000_000
}
