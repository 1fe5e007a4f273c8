/// The limits of the client.
package enum RESTClientLimits {
    /// What a connection may take to be made.
    static let connectTimeoutMilliseconds: Int64 = 5_000
    /// What one request may take.
    package static let requestTimeoutMilliseconds: Int64 = 75_000
    /// How long a request that changes nothing is tried while the job manager starts again.
    package static let retryMilliseconds: Int64 = 60_000
    /// The pauses between attempts.
    static let retryPauseMicroseconds: ClosedRange<Int64> = 200_000...2_000_000
    /// From one job manager to another, for one request.
    static let redirectsMax = 3
    /// The longest answer.
    static let answerBytesMax = 64 << 20
}
