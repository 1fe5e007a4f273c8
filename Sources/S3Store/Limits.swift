/// The named limits of this module.
package enum S3Limits {
    /// Where buckets are when nobody says.
    static let defaultRegion = "us-east-1"
    /// The longest key of an object, its prefix included, in bytes of UTF-8.
    static let keyBytesMax = 1024
    /// How much of a file is in memory for each request that is under way.
    static let blockBytes = 256 << 10
    /// The smallest part that stores take, but for the last one.
    package static let partBytesMin: Int64 = 5 << 20
    /// The largest part, and the largest object that one request writes.
    package static let partBytesMax: Int64 = 5 << 30
    static let partsMax: Int64 = 10_000
    /// The largest object.
    static let objectBytesMax: Int64 = 5 << 40
    /// How often an upload of which the store forgot the parts begins anew.
    static let uploadRestartsMax = 2
    /// The most keys that one request deletes.
    static let deleteKeysMax = 1000
    /// The longest answer that is no object: a listing of 1,000 keys has 2 MB at most.
    static let answerBytesMax = 16 << 20
    /// The longest object that is read into memory as a whole.
    static let objectInMemoryBytesMax = 1 << 30
    static let elementDepthMax = 16
    /// A download that got so much further begins to count its attempts anew.
    static let progressBytes: Int64 = 1 << 20
    static let pauseInitialMicroseconds: Int64 = 100_000
    /// After `SlowDown` and its like: what the store asks for is patience.
    static let slowDownPauseMicroseconds: Int64 = 500_000
    package static let pauseMaximumMicroseconds: Int64 = 20_000_000
    static let pauseJitter = 0.5
    /// Of calls that are repeated anyway: one, and one with the store's clock, fresh credentials or
    /// another connection.
    static let impatientAttempts = 2
    /// How long tidying up may take when nobody waits for the work any more.
    static let lastRequestMicroseconds: Int64 = 5_000_000
    static let eventLoopThreads = 2
    /// How long requests that are under way may take to end when the client is closed.
    static let closeMicroseconds: Int64 = 10_000_000

    /// Credentials are refreshed so long before they expire.
    static let refreshAheadMicroseconds: Int64 = 300_000_000
    static let refreshPauseInitialMicroseconds: Int64 = 1_000_000
    static let refreshPauseMaximumMicroseconds: Int64 = 60_000_000
    static let credentialRequestMicroseconds: Int64 = 5_000_000
    /// Instance metadata answer at once or, outside of AWS, never.
    static let instanceRequestMicroseconds: Int64 = 2_000_000
    static let credentialAttempts = 3
    static let credentialAnswerBytesMax = 256 << 10
}
