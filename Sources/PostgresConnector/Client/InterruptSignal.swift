#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends a wait for a socket from another thread; a raise is kept until it is consumed.
package final class InterruptSignal: Sendable {
    /// The ends of a pipe; -1 when the system had no descriptor left.
    private let readEnd: Int32
    private let writeEnd: Int32

    package init() {
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

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }

    /// Ends the current wait, or the next one.
    package func raise() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// What ended a wait.
    enum Outcome {
        case readable
        case writable
        case interrupted
        case timedOut
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
        let fds = unsafe withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) {
            list -> (Int16, Int16) in
            unsafe list.initialize(repeating: pollfd(fd: socket, events: events, revents: 0))
            unsafe list[1] = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            let milliseconds = microseconds.map { Int32(clamping: ($0 + 999) / 1000) } ?? -1
            let count = isInterruptible && readEnd >= 0 ? 2 : 1
            guard let base = list.baseAddress,
                unsafe poll(base, nfds_t(count), milliseconds) > 0
            else { return (0, 0) }
            return unsafe (list[0].revents, list[1].revents)
        }
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
        if case .readable = wait(
            for: readEnd,
            isInterruptible: false,
            microseconds: max(0, microseconds)
        ) {
            drain()
            return true
        }
        return false
    }

    private func drain() {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return }
            while unsafe read(readEnd, base, 64) > 0 {}
        }
    }
}
