package import ArgumentParser
import Core
import Generators
import Threads

/// `jobctl generate nexmark`: files for the benchmark.
package struct GenerateNexmarkCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "nexmark",
        abstract: "The events of the Nexmark benchmark, as files of JSON lines.",
        discussion: """
            Each line is {"event_type":0|1|2,"person":{…}|null,"auction":{…}|null,"bid":{…}|null}: \
            1 person to 3 auctions to 46 bids, 10,000 events per second of event time, with the \
            distributions of Flink's Nexmark suite. Several files hold the same time span each, \
            interleaved, to be read side by side.

            EXAMPLE
              jobctl generate nexmark --events 10000000 --files 2 --output ./nexmark
            """
    )

    @Option(help: "The number of events.")
    var events: Int64

    @Option(help: "The folder for the files; made if it is not there.")
    var output: String

    @Option(help: "The number of files.")
    var files = 1

    @Option(help: "The same seed gives the same events.")
    var seed: UInt64 = 1

    @Flag(help: "Replace the files that an earlier run has left in the folder.")
    var overwrite = false

    @Option(help: "The number of files that are written at the same time.")
    var threads = 2

    package init() {}

    package func validate() throws {
        if events < 1 { throw ValidationError("--events is a whole number from 1 on.") }
        if !(1...NexmarkFiles.filesMax).contains(files) {
            throw ValidationError("--files is a number from 1 to \(NexmarkFiles.filesMax).")
        }
        if !(1...64).contains(threads) {
            throw ValidationError("--threads is a number from 1 to 64.")
        }
    }

    package func run() throws {
        let time = SystemTime()
        let console = Console()
        let log = EventLog(.text, console, time: time)
        let writer = NexmarkFiles(
            NexmarkSettings(events: events, seed: seed),
            folder: output,
            files: files
        )
        let signals = StopSignals()
        let start = time.monotonicMicroseconds
        do throws(GeneratorError) {
            try writer.prepare(overwriting: overwrite)
            writer.start(threads: threads)
            let sleeper = ThreadSignal()
            while !writer.isDone {
                _ = sleeper.wait(forMicroseconds: 50_000)
                if signals.count > 0 { writer.cancel() }
                let (events, bytes) = writer.progress
                console.live("\(events) events, \(MemorySizeText.short(bytes: bytes))")
            }
            console.endLive()
            try writer.finish()
        } catch {
            console.endLive()
            throw CommandFailure(error.blame == .user ? .usage : .jobFailed, error.message)
        }
        let (events, bytes) = writer.progress
        let elapsed = max(1, time.monotonicMicroseconds - start)
        log.write(
            "info",
            "finished",
            """
            Wrote \(events) events, \(MemorySizeText.short(bytes: bytes)), to \(files) \
            \(files == 1 ? "file" : "files") in \(DurationText.short(microseconds: elapsed)) \
            (\(bytes / elapsed) MB/s).
            """
        )
        if signals.count > 0 { throw CommandFailure(.stopped, "") }
    }
}
