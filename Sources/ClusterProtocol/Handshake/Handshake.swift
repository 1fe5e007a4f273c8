import Core

/// The greetings at either end of a connection: events in, actions out, no input or output.
///
/// ```
/// dialled:  waiting ──connected──▶ hello sent ──HelloAccepted──▶ established
/// answers:  waiting ──────────── Hello, in order ─────────────▶ established
///              └── anything else, or too late: refused ──▶ closed
/// ```
package struct Handshake: Sendable {
    package enum Side: Sendable {
        /// This end dialled; it expects the given id, if there is one.
        case dialled(expectedID: String?)
        /// This end was dialled.
        case answering
    }

    package enum Event: Sendable {
        /// The connection stands, with TLS if there is any.
        case connected
        case frame(FrameKind, body: [UInt8])
        case timeout
        case closed
    }

    package enum Action: Equatable, Sendable {
        case send(FrameKind, body: [UInt8])
        case established(RemotePeer)
        /// Say why, if the other end listens, and close.
        case refuse(ProtocolError)
        /// Close without a word: the other end refused us or is gone.
        case fail(ProtocolError)
    }

    private enum State {
        case waiting
        case established
        case closed
    }

    private let side: Side
    /// What this end says of itself; its cluster, token and purpose must be the other's, too.
    private let own: Hello
    private let acceptedRoles: Set<ClusterRole>
    private var state = State.waiting

    package init(_ side: Side, own: Hello, acceptedRoles: Set<ClusterRole>) {
        self.side = side
        self.own = own
        self.acceptedRoles = acceptedRoles
    }

    package var isEstablished: Bool { state == .established }

    package mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.closed, _): return []
        case (.waiting, .connected):
            guard case .dialled(let expectedID) = side else { return [] }
            var hello = own
            hello.expectedID = expectedID
            return [.send(.hello, body: GreetingCodec.encode(hello))]
        case (.waiting, .frame(let kind, let body)):
            return greet(kind, body)
        case (.waiting, .timeout):
            return refuse(
                .handshakeTimeout,
                "The greeting did not come in time; whoever is at the other end may not be Apus."
            )
        case (.waiting, .closed):
            state = .closed
            return [
                .fail(
                    ProtocolError(
                        .truncated,
                        "The other end closed the connection before it answered the greeting. "
                            + "Its log may say why; one end with TLS and the other without is a "
                            + "common reason."
                    )
                )
            ]
        case (.established, .frame(let kind, _)):
            guard !own.purpose.accepts(kind) else { return [] }
            if kind == .hello || kind == .helloAccepted {
                return refuse(.secondHello, "A second greeting came on the same connection.")
            }
            return refuse(
                .unexpected,
                "A frame of kind \(kind) has no place on a \(own.purpose.rawValue) connection."
            )
        case (.established, .closed):
            state = .closed
            return []
        case (.established, .connected), (.established, .timeout): return []
        }
    }

    private mutating func refuse(_ reason: RefusalReason, _ sentence: String) -> [Action] {
        state = .closed
        return [.refuse(ProtocolError(reason, sentence))]
    }

    private mutating func greet(_ kind: FrameKind, _ body: [UInt8]) -> [Action] {
        switch (side, kind) {
        case (.answering, .hello): return answer(body)
        case (.dialled, .helloAccepted): return accept(body)
        case (.dialled, .refused):
            state = .closed
            let farewell = GreetingCodec.decode(Farewell.self, body)
            let sentence = farewell?.sentence ?? "it gave no reason"
            return [.fail(ProtocolError(.refusedByPeer, "The other end refused: \(sentence)"))]
        default:
            return refuse(.noHello, "A frame of kind \(kind) came where a greeting was expected.")
        }
    }

    private mutating func answer(_ body: [UInt8]) -> [Action] {
        if let error = versionError(body) { return refuse(error.reason, error.message) }
        guard let hello = GreetingCodec.decode(Hello.self, body) else {
            return refuse(.badHello, "The greeting is not the JSON that version 1 asks for.")
        }
        let other = HelloAccepted(hello)
        if let error = identityError(other) { return refuse(error.reason, error.message) }
        guard Secret.isEqual(hello.token, own.token) else {
            return refuse(
                .wrongToken,
                "The token of the \(hello.role.rawValue) '\(hello.id)' is not the token of the "
                    + "cluster '\(own.clusterID)'. Give both the same secret."
            )
        }
        if let expected = hello.expectedID, expected != own.id {
            return refuse(.wrongRole, Self.anotherID(own.role, own.id, expected))
        }
        state = .established
        return [
            .send(.helloAccepted, body: GreetingCodec.encode(HelloAccepted(own))),
            .established(other.peer),
        ]
    }

    private mutating func accept(_ body: [UInt8]) -> [Action] {
        if let error = versionError(body) { return refuse(error.reason, error.message) }
        guard let other = GreetingCodec.decode(HelloAccepted.self, body) else {
            return refuse(.badHello, "The answer to the greeting is not the JSON of version 1.")
        }
        if let error = identityError(other) { return refuse(error.reason, error.message) }
        if case .dialled(let expected?) = side, expected != other.id {
            return refuse(.wrongRole, Self.anotherID(other.role, other.id, expected))
        }
        state = .established
        return [.established(other.peer)]
    }

    private static func anotherID(_ role: ClusterRole, _ id: String, _ expected: String) -> String {
        "At this address is the \(role.rawValue) '\(id)', not '\(expected)'."
    }

    private func versionError(_ body: [UInt8]) -> ProtocolError? {
        guard let any = GreetingCodec.decode(AnyVersion.self, body) else { return nil }
        guard any.protocolVersion != own.protocolVersion else { return nil }
        return ProtocolError(
            .wrongVersion,
            "'\(Self.shown(any.id ?? "the other end"))' speaks protocol version "
                + "\(any.protocolVersion) (release "
                + "\(Self.shown(any.softwareVersion ?? "unknown"))), '\(own.id)' version "
                + "\(own.protocolVersion) (release \(own.softwareVersion)). Run one release."
        )
    }

    /// The start of a name that may be anything: nobody has shown a token yet, and it is logged.
    private static func shown(_ name: String) -> String {
        String(name.prefix(ProtocolLimits.shownCharactersMax)).escapingControls
    }

    private static func nameError(_ what: String, _ name: String) -> ProtocolError? {
        guard (1...ProtocolLimits.idBytesMax).contains(name.utf8.count) else {
            return ProtocolError(
                .badHello,
                "\(what) has 1 to \(ProtocolLimits.idBytesMax) bytes, not \(name.utf8.count)."
            )
        }
        guard !name.unicodeScalars.contains(where: \.isControl) else {
            return ProtocolError(.badHello, "\(what) has no control characters.")
        }
        return nil
    }

    private func identityError(_ other: HelloAccepted) -> ProtocolError? {
        let names = [
            ("An id", other.id), ("The id of a cluster", other.clusterID),
            ("A release", other.softwareVersion),
        ]
        for (what, name) in names {
            if let error = Self.nameError(what, name) { return error }
        }
        guard other.clusterID == own.clusterID else {
            return ProtocolError(
                .wrongCluster,
                "The \(other.role.rawValue) '\(other.id)' belongs to the cluster "
                    + "'\(other.clusterID)'; '\(own.id)' belongs to '\(own.clusterID)'."
            )
        }
        guard other.purpose == own.purpose else {
            return ProtocolError(
                .wrongRole,
                "The \(other.role.rawValue) '\(other.id)' opened a \(other.purpose.rawValue) "
                    + "connection at a port for \(own.purpose.rawValue) connections."
            )
        }
        guard acceptedRoles.contains(other.role) else {
            return ProtocolError(
                .wrongRole,
                "A \(other.role.rawValue) ('\(other.id)') has no business with the "
                    + "\(own.role.rawValue) '\(own.id)' on a \(own.purpose.rawValue) connection."
            )
        }
        return nil
    }
}

extension HelloAccepted {
    var peer: RemotePeer { RemotePeer(role: role, id: id, softwareVersion: softwareVersion) }
}

/// Comparison of secrets in a time that does not tell where they differ.
enum Secret {
    static func isEqual(_ offered: String, _ expected: String) -> Bool {
        let offered = Array(offered.utf8)
        let expected = Array(expected.utf8)
        var difference = offered.count ^ expected.count
        for index in offered.indices {
            let other = expected.isEmpty ? 0 : expected[index % expected.count]
            difference |= Int(offered[index] ^ other)
        }
        return difference == 0
    }
}
