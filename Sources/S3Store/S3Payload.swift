import ObjectStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The body of a request; a file is read again for each pass and never held as a whole.
enum S3Payload: Sendable {
    case none
    case bytes([UInt8])
    /// A stretch of a file, which must not change meanwhile.
    case file(path: String, offset: Int64, count: Int64)

    var count: Int64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, _, let count): count
        }
    }

    /// Reads the body once for its checksums.
    func digest(_ wanted: PayloadDigest.Wanted) throws(SystemFault) -> PayloadDigest {
        var hasher = PayloadHasher(wanted)
        guard !wanted.isEmpty else { return hasher.finish() }
        var reader = try PayloadReader(self)
        while let block = try reader.next() { hasher.update(block) }
        return hasher.finish()
    }
}

/// A file of the local file system; SwiftNIO has another type of that name.
typealias LocalFile = FileDescriptor

/// Hands out a body block by block, on the thread that made the call.
struct PayloadReader: ~Copyable {
    private let payload: S3Payload
    private let file: LocalFile?
    private var block: [UInt8] = []
    private var position: Int64 = 0

    init(_ payload: S3Payload) throws(SystemFault) {
        self.payload = payload
        if case .file(let path, _, let count) = payload {
            file = try LocalFile(path, .read)
            block = [UInt8](repeating: 0, count: Int(min(count, Int64(S3Limits.blockBytes))))
        } else {
            file = nil
        }
    }

    /// The next block, or nil at the end.
    mutating func next() throws(SystemFault) -> ArraySlice<UInt8>? {
        let count = Int(min(payload.count - position, Int64(S3Limits.blockBytes)))
        guard count > 0 else { return nil }
        switch payload {
        case .none:
            return nil
        case .bytes(let bytes):
            defer { position += Int64(count) }
            return bytes[Int(position)..<Int(position) + count]
        case .file(let path, let offset, _):
            let got = try Self.read(file, count, at: offset + position, into: &block)
            guard got > 0 else {
                throw SystemFault(code: EIO, operation: "read the rest of", path: path)
            }
            position += Int64(got)
            return block[..<got]
        }
    }

    private static func read(
        _ file: borrowing LocalFile?,
        _ count: Int,
        at offset: Int64,
        into block: inout [UInt8]
    ) throws(SystemFault) -> Int {
        var span = block.mutableSpan
        // What lies behind the stretch may come along.
        return min(count, try file?.read(into: &span, at: offset) ?? 0)
    }
}
