import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where code gets the time from; a parameter everywhere, so that tests can drive it.
package protocol TimeSource: Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    var nowMicroseconds: Int64 { get }
    /// Microseconds since an arbitrary start, never going back.
    var monotonicMicroseconds: Int64 { get }
}

/// The clock of the machine.
package struct SystemTime: TimeSource {
    package init() {}

    package var nowMicroseconds: Int64 { Self.read(CLOCK_REALTIME) }

    package var monotonicMicroseconds: Int64 { Self.read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// A clock that stands still until it is moved.
package final class ManualTime: TimeSource {
    private let microseconds: Mutex<Int64>

    package init(startMicroseconds: Int64 = 0) {
        microseconds = Mutex(startMicroseconds)
    }

    package var nowMicroseconds: Int64 { microseconds.withLock { $0 } }

    package var monotonicMicroseconds: Int64 { nowMicroseconds }

    package func advance(byMicroseconds step: Int64) {
        microseconds.withLock { $0 += step }
    }
}
