import ClusterMessages
import ClusterProtocol
import Connectors
import Core
import Dataflow
import JobManager
import ManagementAPI
import TaskManager
import Testing
import Transport

/// Messages that are larger than a control frame may be.
@Suite struct MessageSizeTests {
    @Test func `a job that is too large to be sent fails alone`() async throws {
        let limit = 32 << 10
        let leader = try await TestLeader(messageBytesMax: limit)
        defer { leader.stop() }
        let worker = try TestTaskManager(
            "tm",
            port: leader.port,
            store: leader.store,
            messageBytesMax: limit
        )
        let small = TestLeader.record(1)
        try await leader.submit(small)
        try await leader.wait(for: "running", of: small)

        let rows = (0..<5000).map { "(\($0))" }.joined(separator: ", ")
        let large = TestLeader.record(2, "VALUES \(rows)")
        let sentence = "bytes when it is sent to a task manager, and a message has at most 32768"
        // Whoever submits it is told.
        let refusal = await #expect(throws: ServiceError.self) {
            _ = try await leader.service.submit(JobSubmission(sql: large.sqlText))
        }
        #expect("\(try #require(refusal))".contains(sentence))
        // One that is known already ends with its first attempt.
        try await leader.submit(large)
        try await leader.wait(for: "failed", of: large)
        let id = large.id
        let failure = await leader.host.ask { $0.jobs[id]?.record.failure } ?? nil
        #expect(failure?.blame == .user)
        #expect(failure?.message.contains(sentence) == true)
        #expect(try await leader.service.job(large.id.text).restarts == 0)

        let other = try await leader.service.job(small.id.text)
        #expect(other.state == .running && other.restarts == 0)
        #expect(!worker.log.all.contains { $0.contains("is lost") })
        #expect(leader.network.figures.openConnections == 1)
        try worker.stop()
    }

    @Test func `a task's message that is too large fails its job and nothing else`() async throws {
        let manager = try ScriptedJobManager()
        let network = try ClusterNetwork.test("tm", .taskManager, 2000)
        defer {
            network.close()
            manager.stop()
        }
        let holder = ConnectionHolder()
        holder.replace(
            try ControlClient.connect(network, host: "127.0.0.1", port: manager.port)
        )
        let long = String(repeating: "x", count: 3000)
        let lines = [LogEntry(sequence: 1, microseconds: 1, level: "info", text: long)]
        let slot = TaskManagerReport.Slot(deployment: 1, slot: 0, nodes: [], stages: [])
        let report = TaskManagerReport(
            slots: Array(repeating: slot, count: 100),
            residentBytes: 7,
            cpuMicroseconds: 8
        )
        let failure = WrappedFailure(blame: .external, isRetryable: true, message: long)
        let split = FinishedSplit(id: long, result: "")
        holder.send(.event(deployment: 1, .splitFinished(node: 0, subtask: 0, split: split)))
        holder.send(.event(deployment: 2, .failed(failure)))
        holder.send(.heartbeat(report))
        holder.send(.log(request: 3, lines: lines))
        holder.send(.leaving(reason: long))
        holder.send(.stopped(deployment: 4))
        holder.send(.event(deployment: 5, .report(node: 0, subtask: 0, report: .init(.info, long))))

        let connection = try await eventually("a connection") { manager.connections.first }
        try await eventually("all messages") { connection.messages.count == 7 ? true : nil }
        let texts = connection.messages.map {
            String(decoding: ControlCodec.encode($0), as: UTF8.self)
        }
        #expect(texts[0].contains(#"{"blame":"user","isRetryable":false,"#))
        #expect(texts[0].contains("how far a source has read, takes up"))
        #expect(texts[1].contains(#"{"blame":"external","isRetryable":true,"#))
        #expect(texts[1].contains("xxx…"))
        #expect(
            texts[2]
                == #"{"heartbeat":{"_0":{"cpuMicroseconds":8,"residentBytes":7,"slots":[]}}}"#
        )
        #expect(texts[3] == #"{"log":{"lines":[],"request":3}}"#)
        #expect(texts[4].contains("xxx…"))
        #expect(texts[5] == #"{"stopped":{"deployment":4}}"#)
        // What only tells something tells less, and fails nothing.
        #expect(texts[6].contains("report") && texts[6].contains("xxx…"))
        #expect(connection.closed == nil)
    }
}
