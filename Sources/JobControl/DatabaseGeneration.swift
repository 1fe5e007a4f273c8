import ArgumentParser
import Columnar
import Core
package import Generators
import PostgresConnector
import Threads

/// The options of the commands that write changes to a database, and what they do.
package struct DatabaseGeneration: ParsableArguments {
    @Option(help: "The database: postgres://user:password@host:port/database.")
    var url: String

    @Option(help: "Changes per second; 0 is as fast as the database takes them.")
    var rate = 1000

    @Option(help: "Stop after so many changes; without it, go on until Ctrl-C.")
    var count: Int64?

    @Option(help: "The same seed gives the same rows.")
    var seed: UInt64 = 1

    @Flag(help: "Make the tables that do not exist.")
    var create = false

    @Flag(help: "Drop the tables first; needs --create.")
    var drop = false

    @Option(
        name: .customLong("time-factor"),
        help: "How many seconds of event time pass in each second of writing at --rate."
    )
    var timeFactor = 1.0

    @Option(
        name: .customLong("start-time"),
        help: "The first event time in UTC, such as '2026-01-31 08:00:00'; now, if not given."
    )
    var startTime: String?

    @Option(name: .customLong("transaction-size"), help: "Changes of one transaction.")
    var transactionSize = 10

    @Option(name: .customLong("burst-every"), help: "A burst in each interval, such as 60s.")
    var burstEvery: String?

    @Option(name: .customLong("burst-length"), help: "How long a burst lasts.")
    var burstLength = "5s"

    @Option(name: .customLong("burst-factor"), help: "A burst has so many times the changes.")
    var burstFactor = 10

    @Option(help: "Progress as text, or as one JSON object a line.")
    var output = OutputForm.text

    package init() {}

    package func validate() throws {
        if rate < 0 || rate > 10_000_000 {
            throw ValidationError("--rate is a number from 0 to 10000000.")
        }
        if let count, count < 1 { throw ValidationError("--count is a whole number from 1 on.") }
        if drop, !create { throw ValidationError("--drop needs --create, which makes them anew.") }
        if !(timeFactor > 0 && timeFactor <= 1_000_000) {
            throw ValidationError("--time-factor is a number above 0, at most 1000000.")
        }
        if !(1...10_000).contains(transactionSize) {
            throw ValidationError("--transaction-size is a number from 1 to 10000.")
        }
        if !(1...1000).contains(burstFactor) {
            throw ValidationError("--burst-factor is a number from 1 to 1000.")
        }
        _ = try burst()
        _ = try givenStart()
    }

    private func burst() throws -> ChangeSchedule.Burst? {
        guard let burstEvery else { return nil }
        guard let every = Self.seconds(burstEvery), let length = Self.seconds(burstLength),
            (1...every).contains(length)
        else {
            throw ValidationError(
                """
                --burst-every and --burst-length are whole seconds such as 60s, and a burst is not \
                longer than its interval.
                """
            )
        }
        return ChangeSchedule.Burst(
            everySeconds: every,
            lengthSeconds: length,
            factor: burstFactor
        )
    }

    private static func seconds(_ text: String) -> Int? {
        guard let microseconds = DurationText.microseconds(text), microseconds > 0,
            microseconds % 1_000_000 == 0
        else { return nil }
        return Int(microseconds / 1_000_000)
    }

    private func givenStart() throws -> Int64? {
        guard let startTime else { return nil }
        guard let microseconds = EventTimeText.microseconds(startTime) else {
            throw ValidationError("--start-time has the form '2026-01-31 08:00:00'.")
        }
        return microseconds
    }

    /// Writes the changes of a generator until the count is reached or a signal arrives.
    package func run<Generator: ChangeGenerator>(_ type: Generator.Type) throws {
        _ = ProcessSetup.begin()
        let time = SystemTime()
        let log = EventLog(output == .json ? .json : .text, Console(), time: time)
        do {
            let address = try PostgresAddress(url: url)
            let writer = try DatabaseWriter(address, for: type)
            try writer.prepare(dropping: drop, creating: create)
            var generator = Generator(seed: seed)
            let newest = generator.resume(from: try writer.resumeState())
            let plain = try ChangeSchedule(
                changesPerSecond: rate == 0 ? 1000 : rate,
                burst: burst()
            )
            let start = max(try givenStart() ?? time.nowMicroseconds, (newest ?? .min) + 1000)
            let clock = EventClock(
                startMicroseconds: start / 1000 * 1000,
                factor: timeFactor,
                schedule: plain
            )
            var settings = ChangeFeed<Generator>.Settings(
                pace: rate == 0 ? nil : plain,
                eventClock: clock,
                changesMax: count
            )
            settings.transactionChangesMax = transactionSize
            let feed = ChangeFeed(generator, settings, time: time)
            try write(feed, writer, GenerationProgress(log, clock, Generator.templates, time))
        } catch let error as PostgresError {
            throw CommandFailure(.usage, "--url: \(error.message)")
        } catch let error as GeneratorError {
            throw CommandFailure(error.blame == .user ? .usage : .jobFailed, error.message)
        }
    }

    private func write<Generator: ChangeGenerator>(
        _ initial: ChangeFeed<Generator>,
        _ writer: DatabaseWriter,
        _ progress: GenerationProgress
    ) throws {
        var feed = initial
        let signals = StopSignals()
        let sleeper = ThreadSignal()
        var isStopped = false
        do {
            try feed.run { transactions throws(GeneratorError) in
                try writer.apply(transactions)
                progress.add(transactions)
            } pause: { microseconds in
                progress.show()
                if microseconds > 0 { _ = sleeper.wait(forMicroseconds: microseconds) }
                isStopped = signals.count > 0
                return isStopped
            }
        } catch {
            progress.end("Failed after")
            throw error
        }
        progress.end(isStopped ? "Stopped after" : "Wrote")
        if isStopped { throw CommandFailure(.stopped, "") }
    }
}
