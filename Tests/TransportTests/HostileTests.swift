import ClusterProtocol
import Columnar
import Synchronization
import Testing
import Transport

/// Peers that do not keep to the protocol.
@Suite struct HostileTests {
    static let channel = ChannelID(deployment: 1, edge: 0, sender: 0, receiver: 1)

    /// A taskmanager 'm' whose data port the hostile peers dial.
    final class Victim {
        let program: TestProgram
        let receiver = TestReceiver([.bigint])
        let plane: DataPlane

        init(change: (inout TransportOptions) -> Void = { _ in }) throws {
            program = try TestProgram("m", change: change)
            plane = try DataPlane.listen(
                program.network,
                host: "127.0.0.1",
                port: 0,
                receiver: receiver
            )
        }

        deinit { program.close() }

        func refused(_ reason: RefusalReason) -> Int {
            program.network.figures.refused[reason] ?? 0
        }
    }

    private func frame(
        _ sequence: UInt32,
        _ element: DataElement = .watermark(7),
        deployment: UInt64 = 1
    ) -> [UInt8] {
        RawPeer.bytes(
            DataFrame(
                channel: ChannelID(deployment: deployment, edge: 0, sender: 0, receiver: 1),
                sequence: sequence,
                output: 0,
                element: element
            )
        )
    }

    static let openings: [([UInt8], RefusalReason)] = [
        (Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), .noHello),
        ([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3], .noHello),
        ([0, 0, 0, 4, 99, 0, 0, 0, 1, 2, 3, 4], .unknownKind),
        ([0x7F, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], .oversized),
        ([0, 0, 0x40, 1, 1, 0, 0, 0], .oversized),
        ([0, 0, 0, 2, 1, 0, 0, 1, 0x7B, 0x7D], .reservedBits),
        ([0, 0, 0, 2, 1, 1, 0, 0, 0x7B, 0x7D], .reservedBits),
        ([0, 0, 0, 2, 1, 0, 0, 0, 0x7B, 0x7D], .badHello),
        ([0, 0, 0, 2, 5, 0, 0, 0, 0x7B, 0x7D], .noHello),
        (RawPeer.hello("x") { $0.token = "guess" }, .wrongToken),
        (RawPeer.hello("x") { $0.clusterID = "prod" }, .wrongCluster),
        (RawPeer.hello("x") { $0.protocolVersion = 2 }, .wrongVersion),
        (RawPeer.hello("x") { $0.role = .jobManager }, .wrongRole),
        (RawPeer.hello("x", .control), .wrongRole),
        (RawPeer.hello("x\n2026-11-22  info  all is well"), .badHello),
        (RawPeer.hello("m"), .wrongRole),
    ]

    @Test(arguments: openings.indices)
    func `a wrong opening is refused, counted and told`(_ index: Int) throws {
        let (opening, reason) = Self.openings[index]
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port)
        peer.send(opening)
        // A peer with our own id is accepted by the greeting and refused by the data plane.
        if index == Self.openings.count - 1 { #expect(try peer.frame().kind == .helloAccepted) }
        let farewell = try peer.farewell()
        #expect(farewell.reason == reason.rawValue)
        #expect(peer.isClosedByPeer)
        #expect(victim.refused(reason) == 1)
        #expect(victim.program.refusals.wait(for: 1).first?.contains(farewell.sentence) == true)
        #expect(victim.receiver.events.all.isEmpty)
    }

    @Test func `a peer that says nothing is refused after a while`() throws {
        let victim = try Victim { $0.handshakeTimeoutMicroseconds = 100_000 }
        let peer = try RawPeer(port: victim.plane.port)
        #expect(try peer.farewell().reason == "handshake-timeout")
        #expect(victim.refused(.handshakeTimeout) == 1)
    }

    @Test func `frames may come in any pieces`() throws {
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port)
        let batch = RecordBatch([Column(.bigint, FixedValues(0..<100 as Range<Int64>))], count: 100)
        let stream = RawPeer.hello("a") + frame(0) + frame(1, .batch(batch)) + frame(2, .idle)
        for byte in stream { peer.send([byte]) }
        let received = victim.receiver.wait(for: 3)
        #expect(received.map(\.sequence) == [0, 1, 2])
        guard case .batch(let back)? = received.dropFirst().first?.element else {
            Issue.record("no batch")
            return
        }
        #expect(back.columns[0].int64s.array == Array(0..<100))
    }

    @Test func `a connection that breaks inside a frame is lost with a reason`() throws {
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port, id: "a")
        peer.send(frame(0) + frame(1).dropLast(3))
        #expect(victim.receiver.wait(for: 1).count == 1)
        peer.close()
        let events = victim.receiver.events.wait(for: 2)
        #expect(events.last?.contains("lost a: The connection ended inside a frame") == true)
        #expect(victim.refused(.truncated) == 1)
        #expect(TestProgram.eventually { victim.program.network.figures.openConnections == 0 })
    }

    @Test(arguments: [[0, 0], [0, 1, 1], [0, 2], [1]])
    func `repeated and missing frames are refused`(_ sequences: [UInt32]) throws {
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port, id: "a")
        for sequence in sequences { peer.send(frame(sequence)) }
        #expect(try peer.farewell().reason == "out-of-order")
        #expect(victim.refused(.outOfOrder) == 1)
        #expect(victim.receiver.events.wait(for: 2).last?.contains("lost a: Frame") == true)
        #expect(victim.receiver.received.count == sequences.count - 1)
    }

    @Test func `frames of unknown deployments are dropped and counted`() throws {
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port, id: "a")
        peer.send(frame(5, deployment: 9) + frame(5, deployment: 9) + frame(0))
        #expect(victim.receiver.wait(for: 1).count == 1)
        #expect(victim.program.network.figures.droppedOfUnknownDeployment == 2)
        #expect(victim.receiver.events.all == ["connected a"])
        // People hear of it once, not with each frame.
        let notes = victim.program.notes.all
        #expect(notes.count == 1 && notes[0].contains("deployment 9 from taskmanager 'a'"))
    }

    @Test func `a thousand deployments over one connection leave nothing`() throws {
        let victim = try Victim()
        let peer = try RawPeer(port: victim.plane.port, id: "a")
        let piece = DataFrame(
            channel: ChannelID(deployment: 0, edge: 1, sender: 0, receiver: 1),
            sequence: 0,
            output: 0,
            element: .batch(RecordBatch([.nulls(.bigint, count: 3)], count: 3)),
            isContinued: true
        )
        for deployment in 2...1001 as ClosedRange<UInt64> {
            victim.receiver.deployments.withLock { _ = $0.insert(deployment) }
            var begun = RawPeer.bytes(piece)
            let number = bigEndian(deployment)
            begun.replaceSubrange(FrameHeader.byteCount..<FrameHeader.byteCount + 8, with: number)
            peer.send(begun + frame(0, deployment: deployment))
            try victim.plane.send(
                .watermark(1),
                channel: ChannelID(deployment: deployment, edge: 0, sender: 1, receiver: 0),
                to: "a"
            )
        }
        #expect(victim.receiver.wait(for: 1000).count == 1000)
        // A channel with a piece and one without, one that sends, and the deployment itself.
        #expect(try victim.plane.noteCount() == 5000)
        for deployment in 2...1001 as ClosedRange<UInt64> {
            victim.receiver.deployments.withLock { _ = $0.remove(deployment) }
            victim.plane.retire(deployment: deployment)
            // What is still under way does not bring it back.
            peer.send(frame(1, deployment: deployment))
        }
        #expect(
            TestProgram.eventually {
                victim.program.network.figures.droppedOfUnknownDeployment == 1000
            }
        )
        #expect(try victim.plane.noteCount() == 0)
        #expect(victim.receiver.events.all == ["connected a"])
    }

    /// A number as it stands in a frame.
    private func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    @Test func `established peers are held to the rules, too`() throws {
        var batch = frame(0, .batch(RecordBatch([.nulls(.bigint, count: 3)], count: 3)))
        batch[batch.count - 1] = 9
        let wrongs: [([UInt8], RefusalReason)] = [
            (batch, .malformed),
            ([0, 0, 0, 3, 17, 0, 0, 0, 1, 2, 3], .malformed),
            ([0xFF, 0, 0, 0, 16, 0, 0, 0], .oversized),
            ([0, 0, 0, 25, 18, 2, 0, 0], .reservedBits),
            (FrameHeader.frame(.control, []), .unexpected),
            (RawPeer.hello("a"), .secondHello),
        ]
        for (bytes, reason) in wrongs {
            let victim = try Victim()
            let peer = try RawPeer(port: victim.plane.port, id: "a")
            peer.send(bytes)
            #expect(try peer.farewell().reason == reason.rawValue)
            #expect(victim.refused(reason) == 1)
            #expect(victim.receiver.events.wait(for: 2).count == 2)
        }
    }

    @Test func `a second connection of the same peer takes the place of the first`() throws {
        let victim = try Victim()
        let first = try RawPeer(port: victim.plane.port, id: "a")
        first.send(frame(0))
        #expect(victim.receiver.wait(for: 1).count == 1)
        let second = try RawPeer(port: victim.plane.port, id: "a")
        let events = victim.receiver.events.wait(for: 3)
        #expect(events.count == 3 && events[1].contains("newer connection"))
        // The deployment has lost frames with the first one; a new deployment is welcome.
        victim.receiver.deployments.withLock { _ = $0.insert(2) }
        second.send(frame(0) + frame(0, deployment: 2))
        #expect(victim.receiver.wait(for: 2).last?.channel.deployment == 2)
        #expect(victim.program.network.figures.droppedOfUnknownDeployment == 1)
        #expect(TestProgram.eventually { victim.program.network.figures.openConnections == 1 })
    }

    @Test func `a control peer that does not read is cut off`() throws {
        let manager = try TestProgram("jm", .jobManager) { $0.stallTimeoutMicroseconds = 200_000 }
        defer { manager.close() }
        let closes = Notes()
        let server = try ControlServer.listen(
            manager.network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager]
        ) { connection in
            connection.setHandlers(onMessage: { _ in }, onClose: { closes.add($0) })
            for _ in 0..<20 { connection.send([UInt8](repeating: 0x20, count: 1 << 20)) }
        }
        let peer = try RawPeer(port: server.port, id: "a", purpose: .control)
        #expect(closes.wait(for: 1).first?.contains("has read nothing for 200 ms") == true)
        peer.close()
    }
}
