import Core
import FoundationEssentials

/// Manifests as bytes: a header line with the length and checksum of the JSON text behind it, so
/// that a manifest that was cut off or changed is recognised.
///
/// ```
/// apus-checkpoint 1 2814 9ae0c1f7
/// {"checkpointID":7, …}
/// ```
package enum ManifestCodec {
    private static let magic = "apus-checkpoint"

    package static func encode(
        _ manifest: CheckpointManifest
    ) throws(CheckpointError) -> [UInt8] {
        // Older checkpoints are deleted when this one exists: it must be one that can be read.
        if let defect = manifest.defect {
            throw CheckpointError(.failed, "the manifest could not be written: \(defect)")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body: [UInt8]
        do {
            body = [UInt8](try encoder.encode(manifest))
        } catch {
            throw CheckpointError(.failed, "the manifest could not be written", cause: error)
        }
        let checksum = ChecksumText.hexadecimal(Checksum.of(body.span))
        let header = "\(magic) \(manifest.formatVersion) \(body.count) \(checksum)\n"
        return Array(header.utf8) + body
    }

    /// Reads a manifest.
    ///
    /// - Parameters:
    ///   - bytes: the object.
    ///   - name: what to call it in messages.
    /// - Returns: the manifest; its names stay within their folder, and its numbers fit together.
    /// - Throws: `damaged` when it was changed, or says what no manifest of ours does.
    package static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(CheckpointError) -> CheckpointManifest {
        let limit = min(bytes.count, CheckpointLimits.headerBytesMax)
        guard let end = bytes[..<limit].firstIndex(of: UInt8(ascii: "\n")) else {
            throw CheckpointError(.damaged, "'\(name)' is no checkpoint: its first line is missing")
        }
        let fields = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard fields.count == 4, fields[0] == magic, let version = Int(fields[1]),
            let length = Int(fields[2]), let expected = UInt32(fields[3], radix: 16)
        else {
            throw CheckpointError(.damaged, "'\(name)' is no checkpoint: its first line is foreign")
        }
        guard version <= CheckpointManifest.currentVersion else {
            throw CheckpointError(
                .failed,
                "'\(name)' has format \(version); this version of Apus reads up to "
                    + "\(CheckpointManifest.currentVersion)"
            )
        }
        let body = Array(bytes[(end + 1)...])
        guard body.count == length else {
            throw CheckpointError(
                .damaged,
                "'\(name)' is cut off: \(body.count) of \(length) bytes are there"
            )
        }
        let found = Checksum.of(body.span)
        guard found == expected else {
            throw CheckpointError(
                .damaged,
                "'\(name)' has changed: checksum \(ChecksumText.hexadecimal(expected)) expected, "
                    + "\(ChecksumText.hexadecimal(found)) found"
            )
        }
        let manifest: CheckpointManifest
        do {
            manifest = try JSONDecoder().decode(CheckpointManifest.self, from: Data(body))
        } catch {
            throw CheckpointError(.damaged, "'\(name)' cannot be understood", cause: error)
        }
        if let defect = manifest.defect {
            throw CheckpointError(.damaged, "'\(name)' cannot be used: \(defect)")
        }
        return manifest
    }
}
