import Core

#if canImport(Glibc)
import Glibc
#endif

/// Wall time and the CPU time of the calling thread, of one stretch of work.
struct Meter {
    private let wallStart = Meter.read(CLOCK_MONOTONIC)
    private let threadStart = Meter.read(CLOCK_THREAD_CPUTIME_ID)
    private let processStart = Meter.read(CLOCK_PROCESS_CPUTIME_ID)

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    var wall: Double { Meter.read(CLOCK_MONOTONIC) - wallStart }
    var thread: Double { Meter.read(CLOCK_THREAD_CPUTIME_ID) - threadStart }
    var process: Double { Meter.read(CLOCK_PROCESS_CPUTIME_ID) - processStart }

    /// Resident memory of the process now, and its peak, in MB.
    static var residentMegabytes: (now: Int, peak: Int) {
        do {
            let bytes = try LocalStatus.read()
            return bytes
        } catch {
            return (0, 0)
        }
    }
}

/// A line of the table of results.
enum Report {
    static func line(_ name: String, _ figures: String) {
        let padded = name + String(repeating: " ", count: max(1, 44 - name.utf8.count))
        print(padded + figures)
        fflush(nil)
    }

    static func rate(_ name: String, rows: Int, _ meter: Meter) {
        let wall = meter.wall
        let thread = meter.thread
        line(
            name,
            "\(decimal(Double(rows) / wall / 1e6, 3)) M rows/s   "
                + "\(decimal(wall * 1e9 / Double(rows), 1)) ns wall   "
                + "\(decimal(thread * 1e9 / Double(rows), 1)) ns thread CPU"
        )
    }

    static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = Int((value * scale).rounded())
        let whole = rounded / Int(scale)
        let rest = String(rounded % Int(scale))
        return digits == 0
            ? "\(whole)"
            : "\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
    }
}
