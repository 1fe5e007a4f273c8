import Core
import ManagementAPI
import ManagementKit
import RESTClient
import RESTServer
import ServerKit
import Synchronization
import Testing

/// The client against the real server: its calls block, so that they have a thread of their own.
@Suite struct ClientTests {
    private func client(
        _ address: String,
        token: String? = nil,
        _ change: (inout RESTClientOptions) -> Void = { _ in }
    ) throws(ClientError) -> RESTClient {
        var options = RESTClientOptions(address: address)
        options.token = token
        // Tests that block may keep all threads of the pool that the server answers on.
        options.requestTimeoutMilliseconds = 600_000
        options.repeatableTimeoutMilliseconds = 600_000
        change(&options)
        return try RESTClient(options)
    }

    @Test func `every call gives what the job manager has`() async throws {
        try await RunningServer.run { running async throws in
            let client = try client(running.address)
            try await OwnThread.run { () throws in
                #expect(try client.overview() == Samples.overview)
                #expect(try client.configuration() == Samples.configuration)
                #expect(try client.taskManagers().taskManagers == Samples.taskManagers)
                #expect(try client.taskManager("tm-2") == Samples.taskManagers[1])
                #expect(
                    try client.log(of: .jobManager, after: 1, lines: 5) == Array(Samples.log[1...])
                )
                #expect(try client.log(of: .taskManager("tm-1"), after: 0, lines: 1).count == 1)
                #expect(try client.jobs().jobs == [Samples.summary(Samples.job)])
                #expect(try client.job(Samples.jobID) == Samples.job)
                #expect(try client.jobStatus(Samples.jobID) == .running)
                #expect(try client.plan(Samples.jobID) == Samples.job.plan)
                #expect(try client.checkpoints(Samples.jobID) == Samples.checkpoints)
                let exceptions = try client.exceptions(Samples.jobID, limit: 1)
                #expect(exceptions.history.entries == Samples.exceptions)
                let vertex = try client.vertex(Samples.jobID, Samples.totalsID)
                #expect(vertex == Samples.details(Samples.job.vertices[1]))
                let pressure = try client.backPressure(Samples.jobID, Samples.totalsID)
                #expect(pressure == Samples.backPressure)
                #expect(pressure.level == .high)
                let watermarks = try client.watermarks(Samples.jobID, Samples.totalsID)
                #expect(watermarks.map(\.id) == ["0.currentInputWatermark"])
                #expect(try client.metrics().hasPrefix("# HELP"))
                client.close()
            }
        }
    }

    @Test func `what changes jobs arrives as it was meant`() async throws {
        try await RunningServer.run { running async throws in
            let client = try client(running.address)
            try await OwnThread.run { () throws in
                let submission = JobSubmission(
                    sql: "INSERT INTO \"ü\" SELECT 1",
                    name: "a/b",
                    parallelism: 2,
                    settings: ["a": "b"],
                    fromSavepoint: "/s",
                    allowNonRestoredState: true
                )
                #expect(try client.submit(submission).name == "a/b")
                let savepoint = SavepointTrigger(targetDirectory: "/b")
                let trigger = try client.triggerSavepoint(Samples.jobID, savepoint)
                #expect(trigger.requestID.count == 32)
                let first = try client.savepointStatus(Samples.jobID, trigger.requestID)
                #expect(first == .inProgress)
                _ = try client.stop(Samples.jobID, StopTrigger(drain: true))
                _ = try client.rescale(Samples.jobID, parallelism: 8)
                _ = try client.rescaleStatus(Samples.jobID, "x y/z")
                try client.cancel(Samples.jobID)
                client.close()
                let state = running.service.state.withLock { $0 }
                #expect(state.submissions == [submission])
                #expect(state.savepoints.map(\.triggerID) == [trigger.requestID])
                #expect(state.stops.map(\.drain) == [true])
                #expect(state.rescales == [8])
                #expect(state.cancelled == [Samples.jobID])
            }
        }
    }

    @Test func `a job manager that does not answer is told with what to do`() async throws {
        let gone = try await RunningServer.run { $0.address }
        let client = try client(gone)
        let error = await #expect(throws: ClientError.self) {
            try await OwnThread.run { () throws in
                defer { client.close() }
                return try client.jobs()
            }
        }
        #expect(
            error?.message == """
                The job manager at \(gone) does not answer: connection refused. Start it with \
                'jobmanager --config FILE', or give its address with --jobmanager or \
                APUS_JOBMANAGER.
                """
        )
        #expect(error?.kind == .unreachable)
    }

    @Test func `an address that is none is told as such`() {
        for address in ["", "http://", "ftp://x", "http://a b", "http://a?b", "http://ü"] {
            let error = #expect(throws: ClientError.self) { try client(address) }
            #expect(
                error?.message == """
                    '\(address)' is not an address of a job manager. It is written as \
                    http://127.0.0.1:8081 (--jobmanager or APUS_JOBMANAGER).
                    """
            )
        }
    }

    @Test func `the message of a refusal is that of the job manager`() async throws {
        try await RunningServer.run { running async throws in
            let client = try client(running.address)
            let error = await #expect(throws: ClientError.self) {
                try await OwnThread.run { () throws in
                    defer { client.close() }
                    return try client.job("nine")
                }
            }
            #expect(error == ClientError(.refused(404), "Job nine not found"))
        }
    }

    @Test func `a token is shown, a missing one is asked for`() async throws {
        var options = RESTServerOptions()
        options.token = "t0ken"
        try await RunningServer.run(options) { running async throws in
            let right = try client(running.address, token: "t0ken")
            let without = try client(running.address)
            let count = try await OwnThread.run { () throws in
                defer { right.close() }
                return try right.jobs().jobs.count
            }
            #expect(count == 1)
            let error = await #expect(throws: ClientError.self) {
                try await OwnThread.run { () throws in
                    defer { without.close() }
                    return try without.jobs()
                }
            }
            #expect(error?.message.contains("jobctl takes it from --token-file") == true)
        }
    }

    @Test func `a standby's caller ends at the leader, with the token`() async throws {
        var options = RESTServerOptions()
        options.token = "t0ken"
        try await RunningServer.run(options) { leader async throws in
            try await RunningServer.run(options) { standby async throws in
                standby.service.state.withLock {
                    $0.leadership = .standby(leader: leader.address)
                }
                let client = try client(standby.address, token: "t0ken")
                let submitted = try await OwnThread.run { () throws in
                    defer { client.close() }
                    return try client.submit(JobSubmission(sql: "SELECT 1", name: "x"))
                }
                #expect(submitted.name == "x")
                #expect(client.address == leader.address)
                #expect(leader.service.state.withLock(\.submissions).count == 1)
                #expect(standby.service.state.withLock(\.submissions).isEmpty)
            }
        }
    }

    @Test func `job managers that send around in circles are given up`() async throws {
        try await RunningServer.run { running async throws in
            running.service.state.withLock { $0.leadership = .standby(leader: running.address) }
            let client = try client(running.address)
            let error = await #expect(throws: ClientError.self) {
                try await OwnThread.run { () throws in
                    defer { client.close() }
                    return try client.submit(JobSubmission(sql: "x"))
                }
            }
            #expect(error?.message.contains("none of them leads") == true)
        }
    }

    @Test func `questions are asked again while nobody leads, and it is shown`() async throws {
        let notices = Mutex<[String]>([])
        try await RunningServer.run { running async throws in
            let service = running.service
            service.state.withLock { $0.failure = .unavailable("Nobody leads.") }
            let client = try client(running.address) { options in
                options.notice = { text in
                    notices.withLock { $0.append(text) }
                    service.state.withLock { $0.failure = nil }
                }
            }
            let count = try await OwnThread.run { () throws in
                defer { client.close() }
                return try client.jobs().jobs.count
            }
            #expect(count == 1)
            #expect(
                notices.withLock { $0 } == [
                    "Nobody leads. Trying again for up to 60 s.",
                    "The job manager at \(running.address) answers again.",
                ]
            )
        }
    }

    @Test func `a submission is never sent twice`() async throws {
        try await RunningServer.run { running async throws in
            running.service.state.withLock { $0.failure = .unavailable("Nobody leads.") }
            let client = try client(running.address)
            let error = await #expect(throws: ClientError.self) {
                try await OwnThread.run { () throws in
                    defer { client.close() }
                    return try client.submit(JobSubmission(sql: "x"))
                }
            }
            #expect(error == ClientError(.refused(503), "Nobody leads."))
        }
    }

    @Test func `asking again ends with the time, or when somebody interrupts`() async throws {
        try await RunningServer.run { running async throws in
            running.service.state.withLock { $0.failure = .unavailable("Nobody leads.") }
            let short = try client(running.address) { $0.retryMilliseconds = 100 }
            let stopped = try client(running.address) { $0.isInterrupted = { true } }
            for (client, kind) in [
                (short, ClientError.Kind.refused(503)), (stopped, .interrupted),
            ] {
                let error = await #expect(throws: ClientError.self) {
                    try await OwnThread.run { () throws in
                        defer { client.close() }
                        return try client.jobs()
                    }
                }
                #expect(error?.kind == kind)
            }
        }
    }

    @Test func `a leader that takes requests and is silent is left for the one that takes over`()
        async throws
    {
        // Connections are taken by the system, and nobody reads what comes over them.
        let silent = try LoopbackSocket.listen()
        defer { silent.close() }
        try await RunningServer.run { running async throws in
            let service = running.service
            service.state.withLock {
                $0.leadership = .standby(leader: "http://127.0.0.1:\(silent.port)")
            }
            let client = try client(running.address) { options in
                // One silence outlives the window.
                options.repeatableTimeoutMilliseconds = 5000
                options.retryMilliseconds = 4000
                options.notice = { _ in service.state.withLock { $0.leadership = .leading } }
            }
            let count = try await OwnThread.run { () throws in
                defer { client.close() }
                return try client.jobs().jobs.count
            }
            #expect(count == 1)
            #expect(client.address == running.address)
        }
    }

    @Test func `what is sent once has more time than what is sent again`() {
        let options = RESTClientOptions(address: "a")
        #expect(options.repeatableTimeoutMilliseconds * 2 < options.retryMilliseconds)
        let serverGivesUp = RESTServerLimits.requestTimeoutMilliseconds
        #expect(options.requestTimeoutMilliseconds > serverGivesUp)
    }

    @Test func `somebody who interrupts does not wait for a job manager that is silent`()
        async throws
    {
        let silent = try LoopbackSocket.listen()
        defer { silent.close() }
        let client = try client("http://127.0.0.1:\(silent.port)") { options in
            options.isInterrupted = { true }
        }
        let error = await #expect(throws: ClientError.self) {
            try await OwnThread.run { () throws in
                defer { client.close() }
                return try client.submit(JobSubmission(sql: "x"))
            }
        }
        #expect(error?.kind == .interrupted)
    }
}
