#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory for large, short-lived blocks: it goes back to the system when it is freed.
///
/// The allocator would keep it, and one thread allocates what another frees.
@safe final class LargeMemory {
    let base: UnsafeMutableRawPointer
    private let bytes: Int
    private let isMapped: Bool
    private static let smallestMapping = 128 << 10

    init(bytes: Int) {
        self.bytes = max(bytes, 1)
        if bytes >= Self.smallestMapping {
            let mapped = unsafe mmap(
                nil,
                bytes,
                PROT_READ | PROT_WRITE,
                Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS),
                -1,
                0
            )
            if let mapped = unsafe mapped, unsafe mapped != MAP_FAILED {
                unsafe base = unsafe mapped
                isMapped = true
                return
            }
        }
        isMapped = false
        unsafe base = .allocate(byteCount: max(bytes, 1), alignment: 16)
    }

    deinit {
        if isMapped {
            unsafe munmap(base, bytes)
        } else {
            unsafe base.deallocate()
        }
    }
}
