import NIOCore
import NIOHTTP1

/// What an answer promised of an object, held against what came.
struct DownloadCheck {
    /// The size of the whole object; nil before the first answer.
    private(set) var total: Int64?
    private(set) var entityTag: String?
    private var promisedCRC32: String?
    private var crc32 = CRC32()
    private(set) var received: Int64 = 0

    /// Whether an answer goes on behind what is there, and not from the start.
    ///
    /// - Throws: `damaged` when it cannot be held against anything.
    mutating func begin(_ head: HTTPResponseHead) throws(HTTPFault) -> Bool {
        guard let length = head.headers.first(name: "content-length").flatMap({ Int64($0) }) else {
            throw HTTPFault(.damaged, "the answer does not say how long it is")
        }
        if head.status == .partialContent {
            let range = head.headers.first(name: "content-range") ?? ""
            guard received > 0, let total, range == "bytes \(received)-\(total - 1)/\(total)",
                length == total - received
            else { throw HTTPFault(.damaged, "the answer is another part: '\(range)'") }
            return true
        }
        self = DownloadCheck()
        total = length
        entityTag = head.headers.first(name: "etag")
        // That of parts, `…-3`, is one of checksums, not of bytes.
        promisedCRC32 = head.headers.first(name: "x-amz-checksum-crc32")
            .flatMap { $0.contains("-") ? nil : $0 }
        return false
    }

    mutating func take(_ bytes: ByteBuffer) {
        received += Int64(bytes.readableBytes)
        if promisedCRC32 != nil { crc32.update(bytes.readableBytesUInt8Span) }
    }

    /// Throws unless all has come, and as it was written.
    func end() throws(HTTPFault) {
        guard received == total else {
            throw HTTPFault(.damaged, "\(received) bytes came of \(total ?? 0)")
        }
        guard promisedCRC32 == nil || promisedCRC32 == CRC32.header(crc32.value) else {
            throw HTTPFault(.damaged, "the bytes that came have another checksum")
        }
    }
}

/// Takes an object into memory.
final class MemoryDownload: HTTPBodyTarget {
    private var check = DownloadCheck()
    private(set) var bytes: [UInt8] = []

    var keptBytes: Int64 { 0 }

    func begin(_ head: HTTPResponseHead) throws(HTTPFault) -> Bool {
        guard head.status.code < 300 else { return false }
        check = DownloadCheck()
        _ = try check.begin(head)
        let total = Int(check.total ?? 0)
        guard total <= S3Limits.objectInMemoryBytesMax else {
            throw HTTPFault(.local, "an object of \(total) bytes is too large for memory")
        }
        bytes = []
        bytes.reserveCapacity(total)
        return true
    }

    func take(_ buffer: ByteBuffer) throws(HTTPFault) {
        check.take(buffer)
        bytes.append(contentsOf: buffer.readableBytesView)
    }

    func end() throws(HTTPFault) { try check.end() }
}
