package import Core
import FoundationEssentials
import ManagementAPI
package import RESTClient
import Threads

/// One run of a cluster command: the client, and where output and progress go.
package final class ClusterSession {
    let client: RESTClient
    let form: OutputForm
    let console: Console
    let log: EventLog
    let interruption: Interruption
    private let output: (String) -> Void
    private let time: any TimeSource
    /// The pause between two looks at something that is waited for.
    private let pollMicroseconds: Int64

    /// A session as the command line asks for.
    package convenience init(_ arguments: ClusterArguments) throws {
        try self.init(
            arguments.clientOptions(),
            arguments.output,
            Console(),
            interruption: .signals,
            time: SystemTime(),
            output: { StandardStream.output.write($0) }
        )
    }

    /// A session with everything given.
    ///
    /// - Parameters:
    ///   - options: the job manager.
    ///   - form: text or JSON.
    ///   - console: where progress goes.
    ///   - interruption: how somebody says that they do not want to wait.
    ///   - time: the clock.
    ///   - pollMicroseconds: the pause between two looks at something that is waited for.
    ///   - output: where results go.
    /// - Throws: when the options cannot be used.
    package init(
        _ options: RESTClientOptions,
        _ form: OutputForm,
        _ console: Console,
        interruption: Interruption,
        time: any TimeSource,
        pollMicroseconds: Int64 = 500_000,
        output: @escaping (String) -> Void
    ) throws {
        self.form = form
        self.console = console
        self.interruption = interruption
        self.time = time
        self.output = output
        self.pollMicroseconds = pollMicroseconds
        let log = EventLog(form == .json ? .json : .text, console, time: time)
        self.log = log
        var options = options
        options.notice = { log.write("warning", "job-manager", $0) }
        options.isInterrupted = interruption.isRaised
        do throws(ClientError) {
            client = try RESTClient(options)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Ends the session.
    package func close() {
        console.endLive()
        client.close()
    }

    /// Writes text for people to standard output.
    func write(_ text: String) {
        output(text)
    }

    /// Writes a value as one line of JSON to standard output.
    func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        output(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    /// Looks again and again until there is a result.
    ///
    /// - Parameters:
    ///   - interrupted: what to say when somebody does not want to wait any longer.
    ///   - look: gives the result, or nil and shows how far it is.
    /// - Returns: the result.
    /// - Throws: what `look` throws; a failure with the sentence when interrupted.
    func wait<Result>(
        interrupted: String,
        _ look: (_ elapsedMicroseconds: Int64) throws -> Result?
    ) throws -> Result {
        interruption.begin()
        let start = time.monotonicMicroseconds
        let signal = ThreadSignal()
        while true {
            let result: Result?
            do {
                result = try look(time.monotonicMicroseconds - start)
            } catch let error as ClientError where error.kind == .interrupted {
                console.endLive()
                throw CommandFailure(.stopped, interrupted)
            }
            if let result {
                console.endLive()
                return result
            }
            signal.wait(forMicroseconds: pollMicroseconds)
            if interruption.isRaised() {
                console.endLive()
                throw CommandFailure(.stopped, interrupted)
            }
        }
    }
}

/// How somebody says that they do not want to wait any longer.
package struct Interruption: Sendable {
    /// Begins to listen.
    let begin: @Sendable () -> Void
    /// Whether it was said.
    let isRaised: @Sendable () -> Bool

    package init(begin: @escaping @Sendable () -> Void, isRaised: @escaping @Sendable () -> Bool) {
        self.begin = begin
        self.isRaised = isRaised
    }

    /// SIGINT and SIGTERM, which end the program as usual before `begin`, and at the second one.
    static let signals = Interruption(
        begin: { _ = StopSignals(secondEndsProcess: true) },
        isRaised: { StopSignals.countedSoFar > 0 }
    )
}
