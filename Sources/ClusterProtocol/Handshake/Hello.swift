/// What kind of program speaks.
package enum ClusterRole: String, Sendable, Codable, CaseIterable {
    case jobManager = "jobmanager"
    case taskManager = "taskmanager"
    case jobctl
}

/// What a connection carries behind the greetings.
package enum ConnectionPurpose: String, Sendable, Codable {
    case control
    case data

    /// Whether a frame has a place on such a connection once the greetings are over.
    package func accepts(_ kind: FrameKind) -> Bool {
        switch kind {
        case .hello, .helloAccepted: false
        case .refused, .goodbye: true
        case .control: self == .control
        case .batch, .watermark, .idle, .barrier, .credit: self == .data
        }
    }
}

/// The first frame of whoever dialled.
package struct Hello: Hashable, Sendable, Codable {
    package var protocolVersion: Int
    package var purpose: ConnectionPurpose
    package var role: ClusterRole
    package var clusterID: String
    /// The secret that all programs of a cluster share; empty when none is configured.
    package var token: String
    /// The sender's name, unique in the cluster.
    package var id: String
    /// The release that the sender runs, for messages.
    package var softwareVersion: String
    /// The id that the sender expects at this address; nil when any will do.
    package var expectedID: String?

    package init(
        protocolVersion: Int = ProtocolLimits.version,
        purpose: ConnectionPurpose,
        role: ClusterRole,
        clusterID: String,
        token: String,
        id: String,
        softwareVersion: String,
        expectedID: String? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.purpose = purpose
        self.role = role
        self.clusterID = clusterID
        self.token = token
        self.id = id
        self.softwareVersion = softwareVersion
        self.expectedID = expectedID
    }
}

/// The answer to a greeting that is in order; the same fields, without the token.
package struct HelloAccepted: Hashable, Sendable, Codable {
    package var protocolVersion: Int
    package var purpose: ConnectionPurpose
    package var role: ClusterRole
    package var clusterID: String
    package var id: String
    package var softwareVersion: String

    package init(_ hello: Hello) {
        protocolVersion = hello.protocolVersion
        purpose = hello.purpose
        role = hello.role
        clusterID = hello.clusterID
        id = hello.id
        softwareVersion = hello.softwareVersion
    }
}

/// The last frame of a connection: why it ends.
package struct Farewell: Hashable, Sendable, Codable {
    /// A `RefusalReason`, or another word in a goodbye.
    package var reason: String
    package var sentence: String

    package init(reason: String, sentence: String) {
        self.reason = reason
        self.sentence = sentence
    }

    package init(_ error: ProtocolError) {
        self.init(reason: error.reason.rawValue, sentence: error.message)
    }
}

/// Who is at the other end of a connection.
package struct RemotePeer: Hashable, Sendable, CustomStringConvertible {
    package let role: ClusterRole
    package let id: String
    package let softwareVersion: String

    package init(role: ClusterRole, id: String, softwareVersion: String) {
        self.role = role
        self.id = id
        self.softwareVersion = softwareVersion
    }

    package var description: String { "\(role.rawValue) '\(id)'" }
}
