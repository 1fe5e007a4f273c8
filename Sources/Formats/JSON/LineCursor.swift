import Columnar

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The complete lines at the front of a block, as the scanners want them: each ends in a newline.
@safe struct LineCursor {
    let start: Bytes
    /// The next line.
    var next: Bytes
    /// The last line that has been passed.
    var last: Bytes
    /// Behind the last newline; one behind the block when a newline was put there.
    let limit: Bytes
    /// Lines that start behind this belong to someone else.
    let lastStart: Bytes
    private let base: Bytes
    private let origin: Int64
    private let end: Bytes

    /// Nil when there is no complete line.
    init?(_ block: ByteBlock, _ range: LineRange) {
        unsafe base = unsafe UnsafePointer(block.base)
        origin = block.origin
        unsafe start = unsafe base + block.start
        unsafe end = unsafe base + block.end
        unsafe next = unsafe start
        unsafe last = unsafe start
        guard block.unreadCount > 0 else { return nil }
        if range.isAtEnd {
            let hasNewline = unsafe end[-1] == UInt8(ascii: "\n")
            if !hasNewline { unsafe block.base[block.end] = UInt8(ascii: "\n") }
            unsafe limit = unsafe hasNewline ? end : end + 1
        } else {
            var behind = unsafe end
            while unsafe behind > start, unsafe behind[-1] != UInt8(ascii: "\n") {
                unsafe behind -= 1
            }
            guard unsafe behind > start else { return nil }
            unsafe limit = unsafe behind
        }
        let ahead = range.lastStart &- block.position
        let count = unsafe Int64(end - start)
        unsafe lastStart = unsafe start + Int(range.lastStart == .max ? count : min(count, ahead))
    }

    /// Where a byte of the block lies in its file.
    @inline(always)
    func offset(_ text: Bytes) -> Int64 { unsafe origin + Int64(text - base) }

    /// How many bytes have been passed.
    var consumed: Int { unsafe min(next, end) - start }

    /// The newline that ends the line at `text`.
    func newline(_ text: Bytes) -> Bytes {
        guard let found = unsafe memchr(text, 0x0A, limit - text) else { return unsafe limit - 1 }
        return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
    }

    /// The length of a line without its line end, which may be `\r\n`.
    func length(_ text: Bytes, _ newline: Bytes) -> Int {
        let length = unsafe newline - text
        return unsafe length > 0 && newline[-1] == UInt8(ascii: "\r") ? length - 1 : length
    }

    /// Passes empty lines; false when there is no line left.
    @inline(always)
    mutating func skipEmptyLines() -> Bool {
        while unsafe next < limit {
            if unsafe next[0] == UInt8(ascii: "\n") {
                unsafe next += 1
            } else if unsafe next[0] == UInt8(ascii: "\r"), unsafe next[1] == UInt8(ascii: "\n") {
                unsafe next += 2
            } else {
                return true
            }
        }
        return false
    }
}
