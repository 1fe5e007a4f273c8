import Crypto
import FoundationEssentials

/// What headers say of a body, so that the store refuses one that was damaged on its way.
struct PayloadDigest: Sendable, Equatable {
    /// For the signature; in hexadecimal digits.
    var sha256: String?
    /// For `Content-MD5`; base 64.
    var md5: String?
    var crc32: UInt32?

    /// Which of them are wanted: they cost a pass over the body.
    struct Wanted: OptionSet {
        let rawValue: Int
        static let sha256 = Wanted(rawValue: 1)
        static let md5 = Wanted(rawValue: 2)
        static let crc32 = Wanted(rawValue: 4)
    }

    static let emptySHA256 = HexText.encode(SHA256.hash(data: [UInt8]()))
}

/// Takes in a body block by block.
struct PayloadHasher {
    private let wanted: PayloadDigest.Wanted
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var crc32 = CRC32()

    init(_ wanted: PayloadDigest.Wanted) {
        self.wanted = wanted
    }

    mutating func update(_ block: ArraySlice<UInt8>) {
        if wanted.contains(.sha256) { sha256.update(data: block) }
        if wanted.contains(.md5) { md5.update(data: block) }
        if wanted.contains(.crc32) { crc32.update(block.span) }
    }

    func finish() -> PayloadDigest {
        PayloadDigest(
            sha256: wanted.contains(.sha256) ? HexText.encode(sha256.finalize()) : nil,
            md5: wanted.contains(.md5) ? Base64.encode(Array(md5.finalize())) : nil,
            crc32: wanted.contains(.crc32) ? crc32.value : nil
        )
    }
}

/// Base 64 with padding (RFC 4648).
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
