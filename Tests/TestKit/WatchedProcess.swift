import Glibc
import Synchronization
import Threads

/// A program whose output is read while it runs; killed with its owner.
package final class WatchedProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    private struct State {
        var bytes: [UInt8] = []
        var exit: Int32?
    }

    private let process: ChildProcess
    private let state: Shared

    private final class Shared: Sendable {
        let content = Mutex(State())
    }

    package init(_ words: [String]) throws {
        let process = try ChildProcess.start(words, capturing: true)
        let state = Shared()
        _ = WorkerThread(name: "output") {
            while true {
                let bytes = process.readSome()
                if bytes.isEmpty { break }
                state.content.withLock { $0.bytes += bytes }
            }
            let exit = process.wait()
            state.content.withLock { $0.exit = exit }
        }
        self.process = process
        self.state = state
    }

    deinit {
        if exit == nil { process.send(signal: SIGKILL) }
    }

    package var id: Int32 { process.id }

    /// What it has printed so far.
    package var text: String {
        String(decoding: state.content.withLock(\.bytes), as: UTF8.self)
    }

    package var lines: [Substring] { text.split(separator: "\n") }

    /// Its exit code once it has ended; 128 and more when a signal ended it.
    package var exit: Int32? { state.content.withLock(\.exit) }

    package func send(_ signal: Int32) {
        if exit == nil { process.send(signal: signal) }
    }

    /// Waits until what it has printed is as wanted; fails when it ends before, or hangs.
    package func wait(
        for what: String,
        seconds: Int = 120,
        until isReached: (WatchedProcess) throws -> Bool
    ) throws {
        for _ in 0..<seconds * 100 {
            let hasEnded = exit != nil
            if try isReached(self) { return }
            if hasEnded { throw Failure(description: "it ended before: \(what)\n\(text)") }
            usleep(10_000)
        }
        throw Failure(description: "it did not come to: \(what)\n\(text)")
    }

    /// Waits until it has printed something, so many times.
    package func wait(for printed: String, times: Int = 1) throws {
        try wait(for: printed) { $0.count(printed) >= times }
    }

    /// How often it has printed something.
    package func count(_ printed: String) -> Int {
        text.components(of: printed) - 1
    }

    /// Waits for its end.
    package func end(seconds: Int = 120) throws -> Int32 {
        for _ in 0..<seconds * 100 {
            if let exit { return exit }
            usleep(10_000)
        }
        throw Failure(description: "it does not end\n\(text)")
    }
}

extension String {
    fileprivate func components(of separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: false).count
    }
}
