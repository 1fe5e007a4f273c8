import Columnar
import Core
import Formats
import ObjectStore

/// A part of a file while it is read.
///
/// A record belongs to the part in which its first byte lies: a part that begins within a file
/// looks for the first line end from the byte before it on, and the last record of a part may
/// reach beyond its end.
final class OpenFileSplit {
    private(set) var split: FileSplit
    private(set) var isFinished = false
    private let file: FileDescriptor
    private let block: ByteBlock
    /// Whether the block ends where the file does.
    private var isAtFileEnd = false

    /// Opens the file where reading goes on.
    ///
    /// - Parameters:
    ///   - split: what to read of it.
    ///   - block: where the bytes go; used by this split alone until it is finished.
    /// - Throws: when the file is gone, or shorter than it was when it was found.
    init(_ split: FileSplit, _ block: ByteBlock) throws(ConnectorError) {
        self.split = split
        self.block = block
        block.reset(origin: split.next ?? max(0, split.start - 1))
        do throws(SystemFault) {
            file = try FileDescriptor(split.path, .read)
        } catch {
            throw Self.lost(split, error)
        }
        let bytes = try fileBytes
        if bytes < split.fileBytes { throw shrunk(bytes) }
    }

    /// Decodes the next records, until there are enough rows or enough bytes have been read.
    func decodeRows(_ decoder: any RecordDecoder, rowLimit: Int) throws(ConnectorError) {
        if split.next == nil, split.start > 0 { try skipForeignRecord() }
        var blocks = 0
        reading: while !isFinished {
            guard block.position < split.end else {
                isFinished = true
                break
            }
            let range = LineRange(
                rowLimit: rowLimit,
                lastStart: split.end - 1,
                isAtEnd: isAtFileEnd
            )
            switch try decode(decoder, range) {
            case .rowLimitReached: break reading
            case .rangeEnded: isFinished = true
            case .needsBytes:
                if isAtFileEnd {
                    isFinished = true
                } else if blocks == FilesystemLimits.blocksPerRead {
                    break reading
                } else {
                    blocks += 1
                    try fill()
                }
            }
        }
        split.next = block.position
    }

    private func decode(
        _ decoder: any RecordDecoder,
        _ range: LineRange
    ) throws(ConnectorError) -> LineProgress {
        do throws(FormatError) {
            return try decoder.decodeLines(of: block, range)
        } catch {
            throw ConnectorError(error)
        }
    }

    /// Passes the end of the record that begins before the part.
    private func skipForeignRecord() throws(ConnectorError) {
        let block = block
        while true {
            let newline = Self.newline(in: block.unread)
            if let newline {
                block.consume(newline + 1)
                return
            }
            block.consume(block.unreadCount)
            if isAtFileEnd {
                isFinished = true
                return
            }
            try fill()
        }
    }

    private static func newline(in bytes: Span<UInt8>) -> Int? {
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { return index }
        return nil
    }

    /// Reads the next bytes of the file.
    private func fill() throws(ConnectorError) {
        guard block.unreadCount < FormatLimits.recordBytesMax else {
            throw ConnectorError(
                blame: .user,
                """
                The record at byte \(block.position) of file \(split.path) is longer than \
                \(MemorySizeText.short(bytes: Int64(FormatLimits.recordBytesMax))). Is every \
                record on a line of its own?
                """
            )
        }
        block.makeRoom(FilesystemLimits.blockBytes)
        let offset = block.position + Int64(block.unreadCount)
        let count: Int
        do throws(SystemFault) {
            count = try block.fill { (free) throws(SystemFault) in
                try file.read(into: &free, at: offset)
            }
        } catch {
            throw ConnectorError(
                blame: .external,
                isRetryable: true,
                "File \(split.path) cannot be read at byte \(offset).",
                cause: ConnectorError(blame: .external, error.description)
            )
        }
        guard count == 0 else { return }
        isAtFileEnd = true
        if offset < split.end { throw shrunk(offset) }
    }

    private var fileBytes: Int64 {
        get throws(ConnectorError) {
            do throws(SystemFault) {
                return try file.size()
            } catch {
                throw Self.lost(split, error)
            }
        }
    }

    private func shrunk(_ bytes: Int64) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            File \(split.path) has shrunk from \(split.fileBytes) to \(bytes) bytes while the job \
            was reading it (next record at byte \(split.next ?? split.start)): what was read of \
            it cannot be told from what is new. Put the file back as it was, or start the job \
            anew without its state.
            """
        )
    }

    private static func lost(_ split: FileSplit, _ fault: SystemFault) -> ConnectorError {
        guard fault.isMissingFile else { return FileDiscovery.unreadable(fault) }
        return ConnectorError(
            blame: .user,
            """
            File \(split.path) has disappeared while the job was reading it (next record at byte \
            \(split.next ?? split.start) of \(split.fileBytes)). Put it back, or start the job \
            anew without its state.
            """,
            cause: ConnectorError(blame: .external, fault.description)
        )
    }
}
