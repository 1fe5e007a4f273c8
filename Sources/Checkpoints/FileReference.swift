import Core
import ObjectStore

/// A file, or a slice of a packed one, that a checkpoint consists of.
package struct FileReference: Codable, Hashable, Sendable {
    /// The name that the file had where it was made: what it is called again after a restore.
    package let name: String
    /// The object, relative to the base of the manifest: the job's folder, or the savepoint's.
    package let key: String
    /// Where the slice starts; 0 for a whole object.
    package let offset: Int64
    package let bytes: Int64
    /// CRC-32C of the file's bytes.
    package let checksum: UInt32
    /// The size of the whole object.
    package let objectBytes: Int64

    package init(
        name: String,
        key: String,
        offset: Int64 = 0,
        bytes: Int64,
        checksum: UInt32,
        objectBytes: Int64? = nil
    ) {
        self.name = name
        self.key = key
        self.offset = offset
        self.bytes = bytes
        self.checksum = checksum
        self.objectBytes = objectBytes ?? bytes
    }

    /// Whether the reference is to a part of an object.
    package var isSlice: Bool { bytes != objectBytes }
}

/// Checksums as people compare them.
enum ChecksumText {
    static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// The checksum of a local file.
    static func ofFile(_ path: String) throws(SystemFault) -> UInt32 {
        let file = try FileDescriptor(path, .read)
        var block = [UInt8](repeating: 0, count: CheckpointLimits.blockBytes)
        var checksum = Checksum()
        while true {
            let count = try file.read(into: &block)
            if count == 0 { return checksum.value }
            checksum.update(block.span.extracting(0..<count))
        }
    }
}
