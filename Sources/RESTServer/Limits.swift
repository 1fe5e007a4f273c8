/// The limits of the HTTP server.
package enum RESTServerLimits {
    /// Connections served at once; more wait until one is closed.
    package static let connectionsMax = 256
    /// A connection that is silent for so long is closed.
    package static let idleTimeoutMilliseconds: Int64 = 60_000
    /// What a request may take from its first byte to its answer.
    package static let requestTimeoutMilliseconds: Int64 = 60_000
    /// What a stop waits for requests under way.
    package static let stopTimeoutMilliseconds: Int64 = 5_000
    /// The longest line or header of a request.
    package static let headerBytesMax = 64 << 10
}
