#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A large range of addresses; a page costs memory only from its first use on.
///
/// That lets tables grow without ever copying, and lets a record be named by a 32-bit offset.
@safe final class Region {
    let base: UnsafeMutableRawPointer
    let bytes: Int
    private static let padding = 4096

    init(bytes: Int) throws(StateError) {
        let mapped = unsafe mmap(
            nil,
            bytes + Self.padding,
            PROT_READ | PROT_WRITE,
            Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE),
            -1,
            0
        )
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw StateError(
                .failed,
                "the system refused \(bytes >> 20) MB of addresses for state tables: error \(errno)"
            )
        }
        unsafe base = unsafe mapped
        self.bytes = bytes
    }

    deinit {
        unsafe munmap(base, bytes + Self.padding)
    }

    /// Gives the memory of whole pages back to the system; their content is lost.
    func release(offset: Int, bytes: Int) {
        unsafe madvise(base + offset, bytes, Int32(MADV_DONTNEED))
    }
}
