package import ClusterMessages
import Columnar
import Core
import FoundationEssentials
import Logging
import Synchronization

/// The log of a long-running program: lines on standard error, the newest of them kept for whoever
/// asks over the network.
package final class ProgramLog: Sendable {
    /// The form of the lines.
    package enum Form: String, Sendable {
        case text
        case json
    }

    private struct State {
        var lines: [LogEntry] = []
        var last: UInt64 = 0
    }

    private let form: Form
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ form: Form, time: any TimeSource) {
        self.form = form
        self.time = time
    }

    /// Writes a line.
    package func write(_ level: ProgramLogLevel, _ text: String) {
        let now = time.nowMicroseconds
        let entry = state.withLock { state -> LogEntry in
            state.last += 1
            let entry = LogEntry(
                sequence: state.last,
                microseconds: now,
                level: level.rawValue,
                text: text
            )
            state.lines.append(entry)
            if state.lines.count > DaemonLimits.logLines {
                state.lines.removeFirst(state.lines.count - DaemonLimits.logLines)
            }
            return entry
        }
        StandardStream.error.write(Self.line(entry, form) + "\n")
    }

    /// The newest lines behind a number, oldest first.
    package func lines(after sequence: UInt64, limit: Int) -> [LogEntry] {
        state.withLock {
            Array($0.lines.filter { $0.sequence > sequence }.suffix(max(0, limit)))
        }
    }

    /// An entry as one line: what others said is in it, too, and must not begin another.
    package static func line(_ entry: LogEntry, _ form: Form) -> String {
        let clock = clock(entry.microseconds)
        switch form {
        case .text: return "\(clock)  \(entry.level)  \(Self.text(entry))"
        case .json:
            let fields = JSONLine(time: clock, level: entry.level, message: entry.text)
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(fields), as: UTF8.self)
            } catch {
                return "\(clock)  \(entry.level)  \(Self.text(entry))"
            }
        }
    }

    private static func text(_ entry: LogEntry) -> String {
        entry.text.replacing("\n  caused by: ", with: "; caused by: ").escapingControls
    }

    private struct JSONLine: Encodable {
        let time: String
        let level: String
        let message: String
    }

    /// As in `2026-11-21T05:41:27.123Z`.
    private static func clock(_ microseconds: Int64) -> String {
        var output = BytesBuilder(reserving: 1)
        TimeText.writeTimestamp(microseconds / 1000 * 1000, precision: 3, to: &output)
        output.endValue()
        return output.finish().string(0).replacing(" ", with: "T") + "Z"
    }
}

/// Brings what libraries log into the program's log.
struct ProgramLogHandler: LogHandler {
    let log: ProgramLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(_ log: ProgramLog) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level: ProgramLogLevel =
            switch event.level {
            case .trace, .debug: .debug
            case .info, .notice: .info
            case .warning: .warning
            case .error, .critical: .error
            }
        let facts = metadata.merging(event.metadata ?? [:]) { _, last in last }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        log.write(level, "\(event.message)\(facts.joined())")
    }
}
