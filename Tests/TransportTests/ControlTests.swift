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
}
