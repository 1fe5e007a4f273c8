import Columnar
import Core
import FoundationEssentials
import ObjectStore

/// A record that could not be decoded, as one JSON line.
struct DeadLetter: Hashable, Codable {
    let file: String
    /// Where the record begins in its file.
    let offset: Int64
    let error: String
    /// The raw bytes, as base 64.
    let bytes: Data
    /// The same as text; nil when they are not UTF-8.
    let text: String?
}

/// The dead letters of one part of a file, exactly once through restarts.
///
/// Letters are written as they come, and are durable before a snapshot is. A part that goes on
/// from a checkpoint first cuts off the letters of records that it will read again.
final class DeadLetterFile {
    let path: String
    private var lines: [UInt8] = []
    private var isDurable = true

    /// Takes the file of a part over; there is none until the first letter.
    ///
    /// - Parameters:
    ///   - folder: where dead letters go.
    ///   - owner: names the job and the table.
    ///   - split: the part, at the position from which it is read on.
    /// - Throws: when the folder cannot be made, or an earlier file cannot be cut off.
    init(folder: String, owner: String, _ split: FileSplit) throws(ConnectorError) {
        let hash = Hashing.hash(Array("\(owner)\n\(split.id)".utf8).span)
        let name = "\(FilePath.name(of: split.path))-\(split.start)-\(String(hash, radix: 16))"
        path = "\(folder)/\(name).jsonl"
        do throws(SystemFault) {
            try LocalFiles.makeFolders(folder)
            try forget(from: split.next ?? split.start)
        } catch {
            throw failure(error)
        }
    }

    /// Cuts the letters of records from a place on off, and what a crash left of a line.
    private func forget(from offset: Int64) throws(SystemFault) {
        guard try LocalFiles.status(path) != nil else { return }
        let content = try LocalFiles.read(path)
        let decoder = JSONDecoder()
        var kept = 0
        while let end = content[kept...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(content[kept..<end])
            guard let letter = try? decoder.decode(DeadLetter.self, from: line),
                letter.offset < offset
            else { break }
            kept = end + 1
        }
        if kept == 0 {
            try LocalFiles.remove(path)
        } else if kept < content.count {
            try LocalFiles.truncate(path, to: Int64(kept))
        }
    }

    func add(_ letter: DeadLetter) throws(ConnectorError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            lines += Array(try encoder.encode(letter))
        } catch {
            throw ConnectorError(blame: .engine, "a dead letter cannot be written: \(error)")
        }
        lines.append(UInt8(ascii: "\n"))
        if lines.count >= FilesystemLimits.deadLetterBytesMax { try write() }
    }

    /// Makes what was added visible.
    func write() throws(ConnectorError) {
        guard !lines.isEmpty else { return }
        isDurable = false
        do throws(SystemFault) {
            try FileDescriptor(path, .append).write(lines.span)
        } catch {
            throw failure(error)
        }
        lines.removeAll(keepingCapacity: true)
    }

    /// Makes what was added survive a crash of the machine.
    func synchronize() throws(ConnectorError) {
        try write()
        guard !isDurable else { return }
        do throws(SystemFault) {
            try FileDescriptor(path, .append).synchronize()
            try LocalFiles.synchronizeFolder(LocalFiles.parent(of: path))
        } catch {
            throw failure(error)
        }
        isDurable = true
    }

    private func failure(_ fault: SystemFault) -> ConnectorError {
        ConnectorError(
            blame: .external,
            isRetryable: fault.isPassing,
            "Dead letters cannot be kept in \(path). Check 'error.dead-letter.path'.",
            cause: ConnectorError(blame: .external, fault.description)
        )
    }
}
