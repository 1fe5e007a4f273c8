#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends the process where nothing else can: at once, since threads that hang may hold whatever an
/// orderly exit would wait for.
enum ProcessEnd {
    /// Exit code: tasks did not end, so that the process had to.
    static let tasksHang: Int32 = 239

    static func now(_ code: Int32) -> Never {
        _exit(code)
    }
}
