import ClusterProtocol
import Columnar
import Core
import Testing
import Threads
import Transport

/// How connections come and go.
@Suite struct ConnectionTests {
    /// Two taskmanagers, 'a' and 'b', that are connected.
    struct Pair {
        let a: TestProgram
        let b: TestProgram
        let atA: TestReceiver
        let atB: TestReceiver
        let planeA: DataPlane
        let planeB: DataPlane
        let addressB: PeerAddress

        init(
            _ types: [DataType] = [.bigint],
            change: (inout TransportOptions) -> Void = { _ in }
        ) throws {
            a = try TestProgram("a", change: change)
            b = try TestProgram("b", change: change)
            atA = TestReceiver(types)
            atB = TestReceiver(types)
            planeA = try .listen(a.network, host: "127.0.0.1", port: 0, receiver: atA)
            planeB = try .listen(b.network, host: "127.0.0.1", port: 0, receiver: atB)
            addressB = PeerAddress(id: "b", host: "127.0.0.1", port: planeB.port)
            try planeA.connect(to: [addressB], timeoutMicroseconds: 20_000_000)
        }

        func close() {
            a.close()
            b.close()
        }
    }

    static let channel = ChannelID(deployment: 1, edge: 0, sender: 0, receiver: 1)

    @Test func `every element arrives as it was sent`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let barrier = BarrierMark(checkpoint: 42, flags: 1, text: "s3://bucket/savepoint-1")
        let channel = Self.channel
        try pair.planeA.send(.watermark(.max), channel: channel, to: "b")
        try pair.planeA.send(.idle, channel: channel, output: 3, to: "b")
        try pair.planeA.send(.barrier(barrier), channel: channel, to: "b")
        let received = pair.atB.wait(for: 3)
        guard case .watermark(.max) = received[0].element, case .idle = received[1].element,
            case .barrier(barrier) = received[2].element
        else {
            Issue.record("other elements: \(received)")
            return
        }
        #expect(received.map(\.output) == [0, 3, 0])
        #expect(received.allSatisfy { $0.channel == channel && $0.peer == "a" })
        // Credit runs the other way, in the same channel.
        try pair.planeB.send(.credit(batches: 2), channel: channel, to: "a")
        guard case .credit(batches: 2)? = pair.atA.wait(for: 1).first?.element else {
            Issue.record("no credit")
            return
        }
    }

    @Test(arguments: [false, true])
    func `a batch above the frame limit arrives whole`(_ isCompressed: Bool) throws {
        let types: [DataType] = [.bigint, .string]
        let pair = try Pair(types) {
            $0.frameLimits.dataBytes = 20_000
            $0.compression.isEnabled = isCompressed
        }
        defer { pair.close() }
        let rows = 10_000
        let batch = RecordBatch(
            [
                Column(.bigint, FixedValues((0..<rows).map { Int64($0) })),
                Column(.string, BytesValues((0..<rows).map { "row \($0)" })),
            ],
            count: rows,
            kinds: .mixed(FixedValues((0..<rows).map { UInt8($0 % 4) }))
        )
        try pair.planeA.send(.batch(batch), channel: Self.channel, to: "b")
        try pair.planeA.send(.watermark(1), channel: Self.channel, to: "b")
        let received = pair.atB.wait(for: 2)
        guard received.count == 2, case .batch(let back) = received[0].element else {
            Issue.record("no batch: \(pair.atB.events.all) \(pair.b.refusals.all)")
            return
        }
        #expect(back.count == rows)
        #expect(back.columns[0].int64s.array == batch.columns[0].int64s.array)
        #expect(back.columns[1].byteStrings == batch.columns[1].byteStrings)
        #expect(back.kinds.bytes(count: rows).array == batch.kinds.bytes(count: rows).array)
        let plain = batch.wireSize.byteCount
        #expect((pair.b.network.figures.bytesIn < plain) == isCompressed)
    }

    @Test func `a lost connection ends its deployments and no others`() throws {
        let pair = try Pair()
        defer { pair.close() }
        try pair.planeA.send(.watermark(1), channel: Self.channel, to: "b")
        #expect(pair.atB.wait(for: 1).count == 1)
        pair.planeB.close("going down for repairs")
        let lost = pair.atA.events.wait(for: 2).last
        #expect(
            lost?.contains("lost b: The other end said goodbye: going down for repairs") == true
        )
        #expect(try !pair.planeA.send(.watermark(2), channel: Self.channel, to: "b"))
        #expect(pair.a.network.figures.droppedUnconnected == 1)
        #expect(pair.planeA.connectedPeers.isEmpty)

        let receiver = TestReceiver([.bigint], deployments: [1, 2])
        let again = try DataPlane.listen(
            pair.b.network,
            host: "127.0.0.1",
            port: 0,
            receiver: receiver
        )
        let address = PeerAddress(id: "b", host: "127.0.0.1", port: again.port)
        try pair.planeA.connect(to: [address], timeoutMicroseconds: 20_000_000)
        #expect(try !pair.planeA.send(.watermark(3), channel: Self.channel, to: "b"))
        let fresh = ChannelID(deployment: 2, edge: 0, sender: 0, receiver: 1)
        #expect(try pair.planeA.send(.watermark(4), channel: fresh, to: "b"))
        pair.planeA.retire(deployment: 1)
        #expect(try pair.planeA.send(.watermark(5), channel: Self.channel, to: "b"))
        #expect(receiver.wait(for: 2).map(\.channel.deployment) == [2, 1])
    }

    @Test func `a peer that starts late is dialled until it is there`() throws {
        let a = try TestProgram("a")
        let b = try TestProgram("b")
        defer {
            a.close()
            b.close()
        }
        // A port that was free a moment ago.
        let probe = try DataPlane.listen(
            b.network,
            host: "127.0.0.1",
            port: 0,
            receiver: TestReceiver([])
        )
        let port = probe.port
        probe.close("a probe")
        let plane = try DataPlane.listen(
            a.network,
            host: "127.0.0.1",
            port: 0,
            receiver: TestReceiver([])
        )
        let started = Notes()
        let late = WorkerThread(name: "late") {
            _ = ThreadSignal().wait(forMicroseconds: 300_000)
            do {
                let made = try DataPlane.listen(
                    b.network,
                    host: "127.0.0.1",
                    port: port,
                    receiver: TestReceiver([])
                )
                started.add("\(made.port)")
            } catch { Issue.record(error) }
        }
        let address = PeerAddress(id: "b", host: "127.0.0.1", port: port)
        try plane.connect(to: [address], timeoutMicroseconds: 20_000_000)
        late.join()
        #expect(started.all == ["\(port)"])
        #expect(plane.connectedPeers == ["b"])
    }

    @Test func `peers that cannot be reached are named`() throws {
        let pair = try Pair()
        let stranger = try TestProgram("c") { $0.token = "another" }
        defer {
            pair.close()
            stranger.close()
        }
        let nobody = PeerAddress(id: "nobody", host: "127.0.0.1", port: 1)
        let waited = #expect(throws: TransportError.self) {
            try pair.planeA.connect(
                to: [pair.addressB, nobody],
                timeoutMicroseconds: 300_000
            )
        }
        #expect(waited?.message.contains("'nobody'") == true)
        #expect(waited?.isRetryable == true)
        // 'b' waits to be dialled by 'a0', which does not come.
        let small = PeerAddress(id: "a0", host: "127.0.0.1", port: 1)
        let missing = #expect(throws: TransportError.self) {
            try pair.planeB.connect(to: [small], timeoutMicroseconds: 100_000)
        }
        #expect(missing?.message.contains("'a0' at 127.0.0.1:1 within 100 ms") == true)

        let foreign = try DataPlane.listen(
            stranger.network,
            host: "127.0.0.1",
            port: 0,
            receiver: TestReceiver([])
        )
        let wrongToken = #expect(throws: TransportError.self) {
            let address = PeerAddress(id: "c", host: "127.0.0.1", port: foreign.port)
            try pair.planeA.connect(to: [address], timeoutMicroseconds: 20_000_000)
        }
        #expect(wrongToken?.description.contains("is not the token of the cluster") == true)
        #expect(wrongToken?.isRetryable == false)
        let wrongID = #expect(throws: TransportError.self) {
            let address = PeerAddress(id: "z", host: "127.0.0.1", port: pair.planeB.port)
            try pair.planeA.connect(to: [address], timeoutMicroseconds: 20_000_000)
        }
        #expect(wrongID?.description.contains("is the taskmanager 'b', not 'z'") == true)
        #expect(pair.planeA.connectedPeers == ["b"])
    }

    @Test func `a port that is taken is an error that says so`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let error = #expect(throws: TransportError.self) {
            _ = try DataPlane.listen(
                pair.a.network,
                host: "127.0.0.1",
                port: pair.planeB.port,
                receiver: pair.atA
            )
        }
        #expect(error?.message.contains("port \(pair.planeB.port)") == true)
        let refused = #expect(throws: TransportError.self) {
            _ = try ControlClient.connect(pair.a.network, host: "127.0.0.1", port: 1)
        }
        #expect(refused?.message.contains("127.0.0.1:1 could not be reached") == true)
    }

    @Test func `event loops end when the network is closed`() throws {
        for _ in 0..<20 {
            let pair = try Pair()
            try pair.planeA.send(.watermark(1), channel: Self.channel, to: "b")
            pair.close()
            pair.close()
            #expect(pair.a.network.figures.openConnections == 0)
            #expect(try !pair.planeA.send(.watermark(2), channel: Self.channel, to: "b"))
        }
    }
}
