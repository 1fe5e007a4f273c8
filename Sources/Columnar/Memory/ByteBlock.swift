/// Bytes on their way from a file or a socket to a decoder, in one reused block of memory.
///
/// ```
/// 0 ── given up ── start ── unread ── end ── free ── capacity ── 64 readable bytes
/// ```
///
/// Used by one thread. The byte behind the last one may be written by a decoder, as a sentinel.
@safe package final class ByteBlock {
    private var buffer: Buffer
    /// The first unread byte.
    package private(set) var start = 0
    /// One past the last unread byte.
    package private(set) var end = 0
    /// Where byte 0 of the block lies in its file or stream.
    package private(set) var origin: Int64 = 0

    package init(capacity: Int) {
        buffer = Buffer(capacity: capacity)
    }

    /// The bytes that the block can hold without growing.
    package var capacity: Int { buffer.capacity }

    package var unreadCount: Int { end - start }

    /// Where the first unread byte lies in its file or stream.
    package var position: Int64 { origin + Int64(start) }

    /// Forgets everything; the next byte to come lies at `origin`.
    package func reset(origin: Int64 = 0) {
        start = 0
        end = 0
        self.origin = origin
    }

    /// Gives up bytes at the front.
    package func consume(_ count: Int) {
        precondition(count >= 0 && count <= unreadCount, "more bytes than are unread")
        start += count
    }

    /// Moves the unread bytes to the front and makes room for at least `count` more.
    package func makeRoom(_ count: Int) {
        if start == 0, capacity - end >= count { return }
        let unread = unreadCount
        let target =
            unread + count <= capacity
            ? buffer : Buffer(capacity: max(unread + count, capacity * 2))
        if unread > 0 {
            unsafe target.base.copyMemory(from: buffer.base + start, byteCount: unread)
        }
        buffer = target
        origin += Int64(start)
        start = 0
        end = unread
    }

    /// Lets `body` write into the free space; it returns the number of bytes written.
    ///
    /// - `body`: gets the free space, at least as much as `makeRoom` was asked for.
    /// - Returns what `body` returned.
    @discardableResult
    package func fill<Failure: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        var free = unsafe MutableSpan<UInt8>(_unsafeStart: base + end, count: capacity - end)
        let count = try body(&free)
        precondition(count >= 0 && count <= capacity - end, "more bytes than there is room for")
        end += count
        return count
    }

    /// Appends bytes, growing when they do not fit.
    package func append(_ bytes: Span<UInt8>) {
        if capacity - end < bytes.count { makeRoom(bytes.count) }
        unsafe bytes.withUnsafeBufferPointer { source in
            if let first = source.baseAddress {
                unsafe (base + end).update(from: first, count: source.count)
            }
        }
        end += bytes.count
    }

    /// The bytes that have not been given up; valid until the next change.
    package var unread: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: UnsafePointer(base + start), count: unreadCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Byte 0 of the block, for folders that own raw memory.
    @unsafe package var base: UnsafeMutablePointer<UInt8> {
        unsafe buffer.base.assumingMemoryBound(to: UInt8.self)
    }
}
