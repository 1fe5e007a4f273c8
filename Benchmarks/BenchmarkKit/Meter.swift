#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Seconds of one stretch of work: of the wall clock, of the thread and of the process.
package struct Meter {
    private let wallStart = Meter.read(CLOCK_MONOTONIC)
    private let threadStart = Meter.read(CLOCK_THREAD_CPUTIME_ID)
    private let processStart = Meter.read(CLOCK_PROCESS_CPUTIME_ID)

    package init() {}

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package var wall: Double { Meter.read(CLOCK_MONOTONIC) - wallStart }
    package var thread: Double { Meter.read(CLOCK_THREAD_CPUTIME_ID) - threadStart }
    package var process: Double { Meter.read(CLOCK_PROCESS_CPUTIME_ID) - processStart }
}
