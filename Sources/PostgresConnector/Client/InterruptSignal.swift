import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends a wait for a socket from another thread: `raise` the wait of somebody who looks after
/// other things too, and is kept until it is consumed; `end` every wait, for good.
package final class InterruptSignal: Sendable {
    /// The ends of a pipe; -1 when the system had no descriptor left.
    private struct Pipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() {
            let ends = unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2) {
                pair -> (Int32, Int32) in
                guard let base = pair.baseAddress, unsafe pipe(base) == 0 else { return (-1, -1) }
                return unsafe (pair[0], pair[1])
            }
            readEnd = ends.0
            writeEnd = ends.1
            for end in [readEnd, writeEnd] where end >= 0 {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }

        func write() {
            var byte: UInt8 = 1
            _ = Self.write(writeEnd, &byte)
        }

        private static func write(_ end: Int32, _ byte: inout UInt8) -> Int {
            #if canImport(Glibc)
            unsafe Glibc.write(end, &byte, 1)
            #else
            unsafe Darwin.write(end, &byte, 1)
            #endif
        }

        func close() {
            #if canImport(Glibc)
            for end in [readEnd, writeEnd] where end >= 0 { _ = Glibc.close(end) }
            #else
            for end in [readEnd, writeEnd] where end >= 0 { _ = Darwin.close(end) }
            #endif
        }
    }

    private let raised = Pipe()
    /// Never emptied: once it can be read, every wait is over.
    private let ended = Pipe()
    private let hasEnded = Atomic(false)

    package init() {}

    deinit {
        raised.close()
        ended.close()
    }

    /// Whether nothing is waited for any more.
    var isEnded: Bool { hasEnded.load(ordering: .acquiring) }

    /// Ends this and all later waits.
    package func end() {
        hasEnded.store(true, ordering: .releasing)
        ended.write()
    }

    /// Ends the current wait, or the next one.
    package func raise() { raised.write() }

    /// What ended a wait.
    enum Outcome {
        case readable
        case writable
        case interrupted
        case timedOut
        case ended
    }

    /// Waits until a socket can be read (or written), the signal is raised or the time is over.
    ///
    /// Without `microseconds` it waits without an end.
    func wait(
        for socket: Int32,
        writing: Bool = false,
        isInterruptible: Bool = true,
        microseconds: Int64?
    ) -> Outcome {
        let events = Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0)
        let failed = Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL)
        if isEnded { return .ended }
        // A negative descriptor is passed over.
        let fds = unsafe withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 3) {
            list -> (Int16, Int16) in
            unsafe list.initialize(repeating: pollfd(fd: socket, events: events, revents: 0))
            let raised = isInterruptible ? raised.readEnd : -1
            unsafe list[1] = pollfd(fd: raised, events: Int16(POLLIN), revents: 0)
            unsafe list[2] = pollfd(fd: ended.readEnd, events: Int16(POLLIN), revents: 0)
            let milliseconds = microseconds.map { Int32(clamping: ($0 + 999) / 1000) } ?? -1
            guard let base = list.baseAddress, unsafe poll(base, 3, milliseconds) > 0 else {
                return (0, 0)
            }
            return unsafe (list[0].revents, list[1].revents)
        }
        if isEnded { return .ended }
        if fds.1 != 0 {
            drain()
            return .interrupted
        }
        if fds.0 & (Int16(POLLIN) | failed) != 0 { return .readable }
        if fds.0 & Int16(POLLOUT) != 0 { return .writable }
        return .timedOut
    }

    /// Sleeps until the signal is raised or the time is over.
    ///
    /// - Returns: whether it was raised.
    @discardableResult
    package func sleep(microseconds: Int64) -> Bool {
        switch wait(
            for: raised.readEnd,
            isInterruptible: false,
            microseconds: max(0, microseconds)
        ) {
        case .readable:
            drain()
            return true
        case .ended: return true
        default: return false
        }
    }

    private func drain() {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return }
            while unsafe read(raised.readEnd, base, 64) > 0 {}
        }
    }
}
