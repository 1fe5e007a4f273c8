import Core
import FoundationEssentials

/// Job records as bytes: a header line with the length and checksum of the JSON text behind it, as
/// manifests have, so that a record that was cut off or changed is recognised.
///
/// ```
/// apus-job 1 512 9ae0c1f7
/// {"id":…}
/// ```
/// A job that was removed leaves a line instead, until the next leader: else a version of its record
/// that is written late, by a request that was given up long ago, would bring it back.
enum JobRecordCodec {
    private static let magic = "apus-job"
    private static let version = 1

    /// What stands in place of a job that was removed.
    static let removed = Array("\(magic) removed\n".utf8)

    static func encode(_ record: JobRecord) throws(RegistryError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let body = [UInt8](try encoder.encode(record))
            let checksum = String(Checksum.of(body.span), radix: 16)
            return Array("\(magic) \(version) \(body.count) \(checksum)\n".utf8) + body
        } catch {
            throw RegistryError(
                .failed,
                "the record of job '\(record.name)' cannot be written",
                cause: error
            )
        }
    }

    /// Reads a record, nil for a removed one; the text of the error says what is wrong with the
    /// object.
    static func decode(_ bytes: [UInt8]) throws(RegistryError) -> JobRecord? {
        if bytes == removed { return nil }
        guard let end = bytes.prefix(RegistryLimits.headerBytesMax).firstIndex(of: 10) else {
            throw RegistryError(.damaged, "its first line is missing")
        }
        let fields = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard fields.count == 4, fields[0] == magic, let format = Int(fields[1]),
            let length = Int(fields[2]), let checksum = UInt32(fields[3], radix: 16)
        else { throw RegistryError(.damaged, "its first line is foreign") }
        guard format <= version else {
            throw RegistryError(
                .failed,
                "it has format \(format); this version of Apus reads up to \(version)"
            )
        }
        let body = Array(bytes[(end + 1)...])
        guard body.count == length else {
            throw RegistryError(.damaged, "\(body.count) of \(length) bytes are there")
        }
        guard Checksum.of(body.span) == checksum else {
            throw RegistryError(.damaged, "its checksum is wrong")
        }
        do {
            return try JSONDecoder().decode(JobRecord.self, from: Data(body))
        } catch {
            throw RegistryError(.damaged, "it cannot be understood", cause: error)
        }
    }
}

/// The named limits of the registry.
enum RegistryLimits {
    /// The largest header line of a record.
    static let headerBytesMax = 256
    /// How many versions of a record stay: the newest, and one for the case that it is damaged.
    static let versionsKept = 2
    /// How many marks of former leaders stay.
    static let marksKept = 4
    /// Calls that may wait for the store.
    static let mail = 65_536
    /// How long a leader that stops waits for the store.
    static let stopGraceMicroseconds: Int64 = 5_000_000
}
