#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that one process at a time holds; the system lets go of it however the process ends.
///
/// The file says which process holds it. It is never removed: whoever waited for the old file
/// would then hold a lock that nobody else sees.
package final class FileLock: Sendable {
    private let number: Int32

    /// Takes the lock, without waiting.
    ///
    /// - Parameter path: the file; made if it is not there.
    /// - Throws: a fault whose `isTakenLock` is true when another process holds it.
    package init(_ path: String) throws(SystemFault) {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644 as mode_t)
        guard number >= 0 else { throw .last("open", path) }
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            let fault = SystemFault.last("lock", path)
            close(number)
            throw fault
        }
        // A lock without the number of its holder is as good: only messages lack it.
        let bytes = Array("\(LocalFiles.processNumber)\n".utf8)
        if ftruncate(number, 0) == 0 {
            _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, $0.count, 0) }
        }
        self.number = number
    }

    deinit {
        close(number)
    }

    /// The process that holds the lock, as it wrote down itself.
    package static func holder(_ path: String) -> Int32? {
        guard let bytes = try? LocalFiles.read(path) else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
    }
}

extension SystemFault {
    /// Whether another process holds the lock.
    package var isTakenLock: Bool { operation == "lock" && code == EWOULDBLOCK }
}
