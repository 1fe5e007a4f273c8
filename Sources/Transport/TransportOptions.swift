package import ClusterProtocol

/// How the programs of a cluster reach each other; read once in `main` and passed down.
package struct TransportOptions: Sendable {
    /// Files that hold what mutual TLS needs, in PEM.
    package struct TLS: Sendable, Equatable {
        /// This program's certificate, followed by those between it and the authority's.
        package var certificateFile: String
        package var keyFile: String
        /// The authority that signs all certificates of the cluster; nothing else is trusted.
        package var authorityFile: String
        /// Whether the name or address that was dialled must stand in the server's certificate.
        package var checksServerName: Bool

        package init(
            certificateFile: String,
            keyFile: String,
            authorityFile: String,
            checksServerName: Bool = false
        ) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.authorityFile = authorityFile
            self.checksServerName = checksServerName
        }
    }

    /// The cluster that this program belongs to; programs of another one are refused.
    package var clusterID: String
    /// The secret that all programs of the cluster share; empty for none.
    package var token = ""
    /// Mutual TLS on every connection; nil for plain TCP.
    package var tls: TLS?
    /// Whether batches are compressed on their way; the other end need not agree.
    package var compression = CompressionOptions.off
    /// The largest frames that this end accepts; a batch above them is sent in pieces.
    package var frameLimits = FrameReader.Limits()
    package var connectTimeoutMicroseconds: Int64 = 5_000_000
    /// The time for TLS and the greetings together.
    package var handshakeTimeoutMicroseconds: Int64 = 10_000_000
    /// How long a peer may leave unread what it was sent on a control connection.
    package var stallTimeoutMicroseconds: Int64 = 60_000_000
    /// Whether the system looks for peers that are gone without a word; with the control plane,
    /// heartbeats are quicker.
    package var isKeepAliveEnabled = true
    /// Whether small frames leave at once (`TCP_NODELAY`).
    package var isNoDelayEnabled = true
    /// Threads for sockets; each connection belongs to one of them.
    package var eventLoopThreads = 2

    package init(clusterID: String) {
        self.clusterID = clusterID
    }

    /// After how long the system ends a connection whose other end takes nothing of what was sent
    /// (`TCP_USER_TIMEOUT`).
    ///
    /// A peer that is alive and does not read is ended by it, too. On control connections that is
    /// for the stall timeout to decide, and heartbeats find who is gone. On data connections nothing
    /// else looks, so that it is what keepalive takes when nothing is under way.
    package func userTimeoutMilliseconds(_ purpose: ConnectionPurpose) -> Int {
        let keepAlive = TransportLimits.keepAliveMilliseconds
        switch purpose {
        case .control: return max(keepAlive, Int(stallTimeoutMicroseconds / 1000))
        case .data: return keepAlive
        }
    }
}

/// What a program says of itself in its greetings.
package struct NetworkIdentity: Sendable, Equatable {
    package let role: ClusterRole
    /// Unique in the cluster.
    package let id: String
    package let softwareVersion: String

    package init(role: ClusterRole, id: String, softwareVersion: String) {
        self.role = role
        self.id = id
        self.softwareVersion = softwareVersion
    }
}
