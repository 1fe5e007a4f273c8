#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends the process where nothing else can.
enum ProcessEnd {
    /// Exit code: tasks did not end, so that the process had to.
    static let tasksHang: Int32 = 239

    static func now(_ code: Int32) -> Never {
        exit(code)
    }
}
