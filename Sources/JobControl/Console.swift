import Core
import Synchronization

/// Where a command writes for people: standard error, with one live line on a terminal.
///
/// Standard output belongs to the rows of `print` and to what EXPLAIN shows.
package final class Console: Sendable {
    let isTerminal: Bool
    private let liveLine = Mutex("")
    private let write: @Sendable (String) -> Void

    init() {
        isTerminal = StandardStream.error.isTerminal
        write = { StandardStream.error.write($0) }
    }

    /// A console that writes elsewhere.
    package init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Writes a whole line above the live one.
    func line(_ text: String) {
        liveLine.withLock { live in
            write(isTerminal ? "\r\u{1B}[K\(text)\n\(live)" : text + "\n")
        }
    }

    /// Replaces the live line; does nothing where there is no terminal.
    func live(_ text: String) {
        guard isTerminal else { return }
        liveLine.withLock { live in
            live = String(text.prefix((StandardStream.error.columns ?? 120) - 1))
            write("\r\u{1B}[K\(live)")
        }
    }

    /// Ends the live line, so that what follows starts on a line of its own.
    func endLive() {
        liveLine.withLock { live in
            if isTerminal, !live.isEmpty { write("\n") }
            live = ""
        }
    }
}
