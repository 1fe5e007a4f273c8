package import Core

/// Why a peer or a frame of it is refused; the raw value labels the counter
/// `apus_network_refused_total{reason=…}`.
package enum RefusalReason: String, Sendable, CaseIterable, Codable {
    case wrongVersion = "wrong-version"
    case wrongCluster = "wrong-cluster"
    case wrongToken = "wrong-token"
    case wrongRole = "wrong-role"
    /// Another frame came before the greeting.
    case noHello = "no-hello"
    case badHello = "bad-hello"
    case secondHello = "second-hello"
    case handshakeTimeout = "handshake-timeout"
    case oversized
    case unknownKind = "unknown-kind"
    case reservedBits = "reserved-bits"
    /// The connection ended inside a frame.
    case truncated
    /// The body of a frame is not what its kind asks for.
    case malformed
    /// A frame that has no place on this connection.
    case unexpected
    case outOfOrder = "out-of-order"
    /// The peer did not read what it was sent.
    case slowPeer = "slow-peer"
    case tls
    /// A newer leader has taken over from the one that speaks.
    case oldEpoch = "old-epoch"
    /// The other end refused us.
    case refusedByPeer = "refused-by-peer"
}

/// A broken rule of the protocol: the connection is closed with this sentence.
package struct ProtocolError: Failure, Equatable {
    package let reason: RefusalReason
    package let message: String

    package init(_ reason: RefusalReason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    package var blame: Blame {
        switch reason {
        case .wrongVersion, .wrongCluster, .wrongToken, .wrongRole, .tls, .refusedByPeer: .user
        case .handshakeTimeout, .truncated, .slowPeer, .oldEpoch: .external
        default: .engine
        }
    }

    package var isRetryable: Bool { blame == .external }
}
