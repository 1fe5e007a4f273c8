import ClusterProtocol
import Testing

@Suite struct HandshakeTests {
    static func hello(
        _ id: String = "tm-1",
        change: (inout Hello) -> Void = { _ in }
    ) -> Hello {
        var hello = Hello(
            purpose: .control,
            role: .taskManager,
            clusterID: "prod",
            token: "s3cret",
            id: id,
            softwareVersion: "0.1.0"
        )
        change(&hello)
        return hello
    }

    private func answering() -> Handshake {
        let own = Self.hello("jm") { $0.role = .jobManager }
        return Handshake(.answering, own: own, acceptedRoles: [.taskManager])
    }

    private func dialled(_ expectedID: String? = nil) -> Handshake {
        Handshake(
            .dialled(expectedID: expectedID),
            own: Self.hello(),
            acceptedRoles: [.jobManager]
        )
    }

    private func refusal(_ actions: [Handshake.Action]) -> RefusalReason? {
        switch actions.last {
        case .refuse(let error), .fail(let error): error.reason
        default: nil
        }
    }

    @Test func `two ends that agree establish the connection`() throws {
        var client = dialled()
        var server = answering()
        #expect(server.handle(.connected) == [])
        guard case .send(.hello, let hello)? = client.handle(.connected).first else {
            Issue.record("no greeting")
            return
        }
        let answer = server.handle(.frame(.hello, body: hello))
        guard case .send(.helloAccepted, let accepted)? = answer.first else {
            Issue.record("no answer: \(answer)")
            return
        }
        #expect(
            answer.last
                == .established(
                    RemotePeer(role: .taskManager, id: "tm-1", softwareVersion: "0.1.0")
                )
        )
        #expect(
            client.handle(.frame(.helloAccepted, body: accepted)) == [
                .established(RemotePeer(role: .jobManager, id: "jm", softwareVersion: "0.1.0"))
            ]
        )
        #expect(client.isEstablished && server.isEstablished)
        #expect(!String(decoding: accepted, as: UTF8.self).contains("s3cret"))
        // A second greeting, and a frame that has no place here.
        var copy = server
        #expect(refusal(server.handle(.frame(.hello, body: hello))) == .secondHello)
        #expect(refusal(copy.handle(.frame(.batch, body: []))) == .unexpected)
        #expect(client.handle(.closed) == [])
        #expect(server.handle(.frame(.hello, body: hello)) == [])
    }

    static let wrongs: [(RefusalReason, @Sendable (inout Hello) -> Void)] = [
        (.wrongVersion, { $0.protocolVersion = 7 }),
        (.wrongCluster, { $0.clusterID = "test" }),
        (.wrongToken, { $0.token = "s3creT" }),
        (.wrongToken, { $0.token = "" }),
        (.wrongToken, { $0.token = "s3crets3cret" }),
        (.wrongRole, { $0.role = .jobctl }),
        (.wrongRole, { $0.purpose = .data }),
        (.wrongRole, { $0.expectedID = "jm-2" }),
        (.badHello, { $0.id = "" }),
        (.badHello, { $0.id = String(repeating: "x", count: 300) }),
        (.badHello, { $0.id = "x\ny" }),
        (.badHello, { $0.clusterID = "" }),
        (.badHello, { $0.clusterID = String(repeating: "x", count: 10_000) }),
        (.badHello, { $0.clusterID = "prod\u{1B}[2K" }),
        (.badHello, { $0.softwareVersion = "1\u{2028}2" }),
    ]

    @Test(arguments: wrongs.indices)
    func `a wrong greeting is refused with its reason`(_ index: Int) {
        let (reason, change) = Self.wrongs[index]
        var server = answering()
        let body = GreetingCodec.encode(Self.hello(change: change))
        let actions = server.handle(.frame(.hello, body: body))
        #expect(refusal(actions) == reason)
        #expect(actions.count == 1)
        #expect(server.handle(.timeout) == [])
    }

    @Test func `a greeting of another version need not have our fields`() {
        var server = answering()
        let body = Array(#"{"protocolVersion":9,"id":"tm-9","new":[1]}"#.utf8)
        let actions = server.handle(.frame(.hello, body: body))
        #expect(refusal(actions) == .wrongVersion)
        var other = answering()
        #expect(refusal(other.handle(.frame(.hello, body: Array("{".utf8)))) == .badHello)
    }

    @Test func `what a stranger says is repeated on one line, and not all of it`() throws {
        var server = answering()
        let long = "\\n" + String(repeating: "x", count: 5000)
        let body = Array(
            #"{"protocolVersion":9,"id":"\#(long)","softwareVersion":"\#(long)"}"#.utf8
        )
        guard case .refuse(let error)? = server.handle(.frame(.hello, body: body)).last else {
            Issue.record("not refused")
            return
        }
        #expect(error.reason == .wrongVersion)
        #expect(error.message.contains(#"'\nxxx"#))
        #expect(!error.message.contains("\n") && error.message.count < 400)
    }

    @Test func `anything but a greeting is refused`() {
        for kind in FrameKind.allCases where kind != .hello {
            var server = answering()
            #expect(refusal(server.handle(.frame(kind, body: []))) == .noHello)
        }
        var late = answering()
        #expect(refusal(late.handle(.timeout)) == .handshakeTimeout)
        var gone = dialled()
        #expect(refusal(gone.handle(.closed)) == .truncated)
    }

    @Test func `whoever dialled checks the answer`() {
        var refused = dialled()
        let farewell = GreetingCodec.encode(Farewell(reason: "wrong-token", sentence: "No."))
        let actions = refused.handle(.frame(.refused, body: farewell))
        #expect(
            actions == [.fail(ProtocolError(.refusedByPeer, "The other end refused: No."))]
        )
        let answer = HelloAccepted(Self.hello("jm-2") { $0.role = .jobManager })
        var other = dialled("jm-1")
        #expect(
            refusal(other.handle(.frame(.helloAccepted, body: GreetingCodec.encode(answer))))
                == .wrongRole
        )
        var foreign = dialled()
        let cluster = HelloAccepted(
            Self.hello("jm") {
                $0.role = .jobManager
                $0.clusterID = "other"
            }
        )
        #expect(
            refusal(foreign.handle(.frame(.helloAccepted, body: GreetingCodec.encode(cluster))))
                == .wrongCluster
        )
    }
}
