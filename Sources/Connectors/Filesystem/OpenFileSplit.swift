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
    /// Whether the block begins where a record does.
    private var isPlaced = false
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
        block.reset(origin: max(0, (split.next ?? split.start) - 1))
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
        if !isPlaced { try place() }
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
        split.next = max(split.next ?? 0, block.position)
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

    /// Goes to where the first record begins: the block starts one byte before the part, or
    /// before the position in it.
    private func place() throws(ConnectorError) {
        isPlaced = true
        guard let next = split.next else {
            if split.start > 0 { try skipForeignRecord() }
            return
        }
        if next >= split.end {
            isFinished = true
        } else if next > 0 {
            let block = block
            while block.unreadCount == 0 { try fill() }
            // Quoted CSV ends its records at a carriage return, too.
            let last = block.unread[0]
            let isBehindLine = last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r")
            guard isBehindLine else { throw changed(next) }
            block.consume(1)
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

    private func changed(_ next: Int64) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            File \(split.path) has changed while the job was reading it: no record begins at byte \
            \(next) any more, where reading was to go on. Put the file back as it was, or start \
            the job anew without its state.
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
