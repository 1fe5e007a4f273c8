import ClusterProtocol
import Testing
import Transport

@Suite struct ControlTests {
    /// A listening jobmanager that answers each message with its bytes turned round.
    private func echoServer(
        _ program: TestProgram,
        _ closes: Notes = Notes(),
        _ connects: Notes = Notes()
    ) throws -> ControlServer {
        try ControlServer.listen(
            program.network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager]
        ) { connection in
            connects.add("\(connection.remote)")
            connection.setHandlers(
                onMessage: { connection.send($0.reversed()) },
                onClose: { closes.add($0) }
            )
        }
    }

    @Test func `messages go both ways in order`() throws {
        let manager = try TestProgram("jm", .jobManager)
        let worker = try TestProgram("tm-1")
        defer {
            worker.close()
            manager.close()
        }
        let closes = Notes()
        let connects = Notes()
        let server = try echoServer(manager, closes, connects)
        let connection = try ControlClient.connect(
            worker.network,
            host: "127.0.0.1",
            port: server.port
        )
        #expect(
            connection.remote == RemotePeer(role: .jobManager, id: "jm", softwareVersion: "0.1.0")
        )
        let answers = Notes()
        let ends = Notes()
        for number in 0..<500 { connection.send(Array("\(number)".utf8)) }
        connection.setHandlers(
            onMessage: { answers.add(String(decoding: $0.reversed(), as: UTF8.self)) },
            onClose: { ends.add($0) }
        )
        for number in 500..<1000 { connection.send(Array("\(number)".utf8)) }
        #expect(answers.wait(for: 1000) == (0..<1000).map(String.init))
        #expect(connects.all == ["taskmanager 'tm-1'"])
        connection.close("work is done")
        #expect(closes.wait(for: 1).first?.contains("said goodbye: work is done") == true)
        #expect(ends.wait(for: 1) == ["work is done"])
        // With the greeting and the goodbye.
        #expect(worker.network.figures.framesOut == 1002)
    }

    /// A connection whose messages come back, and what came and how it ended.
    private func echo(
        messageBytesMax: Int = ProtocolLimits.controlBytesMax,
        _ body: (ControlConnection, _ answers: Notes, _ ends: Notes) throws -> Void
    ) throws {
        let change = { (options: inout TransportOptions) in
            options.frameLimits.controlBytes = messageBytesMax
        }
        let manager = try TestProgram("jm", .jobManager, change: change)
        let worker = try TestProgram("tm-1", change: change)
        defer {
            worker.close()
            manager.close()
        }
        let server = try echoServer(manager)
        let connection = try ControlClient.connect(
            worker.network,
            host: "127.0.0.1",
            port: server.port
        )
        let answers = Notes()
        let ends = Notes()
        connection.setHandlers(
            onMessage: { answers.add("\($0.count)") },
            onClose: { ends.add($0) }
        )
        try body(connection, answers, ends)
    }

    @Test func `a message above the limit is not sent, and the connection stands`() throws {
        try echo(messageBytesMax: 1000) { connection, answers, ends in
            #expect(connection.messageBytesMax == 1000)
            #expect(!connection.send([UInt8](repeating: 0x20, count: 1001)))
            #expect(connection.send([UInt8](repeating: 0x20, count: 1000)))
            #expect(answers.wait(for: 1) == ["1000"])
            #expect(ends.all.isEmpty)
        }
    }

    @Test func `several of the largest messages may wait at a time`() throws {
        try echo { connection, answers, ends in
            let body = [UInt8](repeating: 0x20, count: connection.messageBytesMax)
            for _ in 0..<3 { #expect(connection.send(body)) }
            #expect(answers.wait(for: 3) == Array(repeating: "\(body.count)", count: 3))
            #expect(ends.all.isEmpty)
        }
    }

    @Test func `a peer that is refused is told why, and counted`() throws {
        let manager = try TestProgram("jm", .jobManager)
        let worker = try TestProgram("tm-1")
        defer {
            worker.close()
            manager.close()
        }
        let server = try ControlServer.listen(
            manager.network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager]
        ) { $0.refuse(.malformed, "That cannot be.") }
        let connection = try ControlClient.connect(
            worker.network,
            host: "127.0.0.1",
            port: server.port
        )
        let ends = Notes()
        connection.setHandlers(onMessage: { _ in }, onClose: { ends.add($0) })
        #expect(
            ends.wait(for: 1) == ["The other end refused the connection: That cannot be."]
        )
        #expect(manager.network.figures.refused == [.malformed: 1])
        #expect(manager.refusals.wait(for: 1).first?.contains("taskmanager 'tm-1'") == true)
    }

    @Test func `a peer that is alive has as long to read as the stall timeout says`() {
        var options = TransportOptions(clusterID: "test")
        #expect(options.userTimeoutMilliseconds(.control) == 60_000)
        #expect(options.userTimeoutMilliseconds(.data) == 13_000)
        // Keepalive would be overruled by less than its own time.
        options.stallTimeoutMicroseconds = 1_000_000
        #expect(options.userTimeoutMilliseconds(.control) == 13_000)
    }
}
