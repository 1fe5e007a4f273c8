import ArgumentParser
import JobControl
import ManagementAPI
import ManagementKit
import RESTServer
import Synchronization
import Testing

/// What commands ask the job manager for.
@Suite struct CommandEffectTests {
    private func run(
        _ arguments: [String],
        _ service: ScriptedService,
        options: RESTServerOptions = RESTServerOptions()
    ) async throws -> CommandRun {
        try await RunningServer.run(options, service: service) { running async throws in
            try await CommandRun.run(arguments, at: running.address)
        }
    }

    private var script: String {
        "\(#filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined())/Golden/orders.sql"
    }

    @Test func `submit sends everything that was given`() async throws {
        let service = ScriptedService()
        let result = try await run(
            [
                "submit", script, "--name", "o", "--parallelism", "4", "-D", "a=1", "-D", "b==",
                "-D", "a=2", "--from-savepoint", "/s", "--allow-non-restored-state",
            ],
            service
        )
        #expect(result.exit == 0)
        let expected = JobSubmission(
            sql: "INSERT INTO totals SELECT item, COUNT(*) FROM orders GROUP BY item;\n",
            name: "o",
            parallelism: 4,
            settings: ["a": "2", "b": "="],
            fromSavepoint: "/s",
            allowNonRestoredState: true
        )
        #expect(service.state.withLock(\.submissions) == [expected])
    }

    @Test func `a job without a name is called as its file, unless its script says otherwise`()
        async throws
    {
        let service = ScriptedService()
        _ = try await run(["submit", script], service)
        let sent = service.state.withLock(\.submissions)
        #expect(sent.map(\.name) == [nil])
        #expect(sent.map { $0.settings["pipeline.name"] } == ["orders"])
    }

    @Test func `a script that is not there is not sent`() async throws {
        let service = ScriptedService()
        let result = try await run(["submit", "/none.sql"], service)
        #expect(result.exit == ExitStatus.script.rawValue)
        #expect(result.failure.hasPrefix("The script '/none.sql' cannot be read"))
        #expect(service.state.withLock(\.submissions).isEmpty)
    }

    @Test func `stop and rescale ask for what was given`() async throws {
        let service = ScriptedService()
        _ = try await run(["stop", "orders", "--drain"], service)
        _ = try await run(["stop", "orders", "--savepoint-path", "/b"], service)
        _ = try await run(["rescale", "orders", "--parallelism", "8", "--no-wait"], service)
        _ = try await run(["savepoint", "orders", "/c"], service)
        let state = service.state.withLock { $0 }
        #expect(state.stops.map(\.drain) == [true, false])
        #expect(state.stops.map(\.targetDirectory) == [nil, "/b"])
        #expect(state.rescales == [8])
        #expect(state.savepoints.map(\.targetDirectory) == ["/c"])
    }

    @Test func `a name means the job that has not ended`() async throws {
        let service = ScriptedService()
        service.state.withLock { state in
            state.jobs.insert(
                Samples.job(id: Samples.otherJobID, name: "orders", state: .canceled),
                at: 0
            )
        }
        _ = try await run(["cancel", "orders", "--no-wait"], service)
        #expect(service.state.withLock(\.cancelled) == [Samples.jobID])
    }

    @Test func `a token from the command line or a file is shown`() async throws {
        var options = RESTServerOptions()
        options.token = "t0ken"
        let service = ScriptedService()
        let right = try await run(["list", "--token", "t0ken"], service, options: options)
        #expect(right.exit == 0)
        let wrong = try await run(["list", "--token", "other"], service, options: options)
        #expect(wrong.exit == ExitStatus.cluster.rawValue)
        #expect(wrong.failure.hasPrefix("The token of the request is wrong"))
    }

    @Test func `nobody at the address is told with what to do`() async throws {
        let gone = try await RunningServer.run { running async throws in running.address }
        let result = try await CommandRun.run(["list"], at: gone)
        #expect(result.exit == ExitStatus.cluster.rawValue)
        #expect(result.failure.contains("does not answer: connection refused. Start it with"))
    }

    @Test(arguments: [
        ["rescale", "orders", "--parallelism", "0"], ["rescale", "orders"],
        ["submit", "a.sql", "--allow-non-restored-state"],
        ["submit", "a.sql", "--parallelism", "0"],
        ["logs", "--lines", "0"], ["status", "orders", "--exceptions", "0"], ["status"],
        ["list", "--token", "a", "--token-file", "b"], ["list", "--output", "xml"],
    ])
    func `arguments that cannot be used are refused`(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try Jobctl.parseAsRoot(arguments) }
    }

    @Test(arguments: [
        "submit", "list", "status", "savepoint", "stop", "cancel", "rescale", "checkpoints",
        "taskmanagers", "logs",
    ])
    func `every command has an example in its help`(_ name: String) {
        let help = Jobctl.helpMessage(for: Self.command(name), columns: 100)
        #expect(help.contains("EXAMPLE"))
        #expect(help.contains("jobctl \(name)"))
    }

    private static func command(_ name: String) -> any ParsableCommand.Type {
        Jobctl.configuration.subcommands.first { $0.configuration.commandName == name }
            ?? Jobctl.self
    }
}
