import Glibc
import Synchronization

/// A descriptor that is closed once: its number may be somebody else's a moment later.
package final class OwnedDescriptor: Sendable {
    package let number: Int32
    private let isClosed = Mutex(false)

    package init(_ number: Int32) {
        self.number = number
    }

    deinit { close() }

    package func close() {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        if isFirst { Glibc.close(number) }
    }
}
