/// The limits of the client.
package enum RESTClientLimits {
    /// What a connection may take to be made.
    static let connectTimeoutMilliseconds: Int64 = 5_000
    /// What a request may take that is sent once: longer than the job manager gives itself.
    package static let requestTimeoutMilliseconds: Int64 = 75_000
    /// What a request may take that is sent again: a job manager that has fallen silent must leave
    /// time for the one that takes over, and one that waits for a silent task manager may answer.
    package static let repeatableTimeoutMilliseconds: Int64 = 20_000
    /// How long a request that may be sent again is tried after it failed first.
    package static let retryMilliseconds: Int64 = 60_000
    /// How often somebody who waits for an answer is asked whether they still want to.
    static let interruptMicroseconds: Int64 = 500_000
    /// The pauses between attempts.
    static let retryPauseMicroseconds: ClosedRange<Int64> = 200_000...2_000_000
    /// From one job manager to another, for one request.
    static let redirectsMax = 3
    /// The longest answer.
    static let answerBytesMax = 64 << 20
}
