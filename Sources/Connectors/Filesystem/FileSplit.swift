import Core
import FoundationEssentials

/// A part of a file: the records that begin in it; the position of its split.
struct FileSplit: Hashable, Sendable, Codable {
    let path: String
    /// The size of the file when it was found; it must not shrink.
    let fileBytes: Int64
    let changedMilliseconds: Int64
    /// The first byte of the part.
    let start: Int64
    /// Behind its last byte.
    let end: Int64
    /// Where the next record begins; nil when nothing of the part has been read.
    var next: Int64?

    /// The parts of a file, in order.
    static func parts(of file: FoundFile, bytesMax: Int64) -> [FileSplit] {
        var parts: [FileSplit] = []
        var start: Int64 = 0
        while start < file.bytes {
            // A short rest goes with the part before it.
            let isLast = file.bytes - start <= bytesMax + bytesMax / 4
            let end = isLast ? file.bytes : start + bytesMax
            parts.append(
                FileSplit(
                    path: file.path,
                    fileBytes: file.bytes,
                    changedMilliseconds: file.changedMilliseconds,
                    start: start,
                    end: end,
                    next: nil
                )
            )
            start = end
        }
        return parts
    }

    /// What lies between parts of one file, before and behind them.
    static func gaps(between parts: [FileSplit]) -> [FileSplit] {
        guard let file = parts.first else { return [] }
        var gaps: [FileSplit] = []
        var covered: Int64 = 0
        func addGap(to end: Int64) {
            guard covered < end else { return }
            gaps.append(
                FileSplit(
                    path: file.path,
                    fileBytes: file.fileBytes,
                    changedMilliseconds: file.changedMilliseconds,
                    start: covered,
                    end: end,
                    next: nil
                )
            )
        }
        for part in parts.sorted(by: isBefore) {
            addGap(to: part.start)
            covered = max(covered, part.end)
        }
        addGap(to: file.fileBytes)
        return gaps
    }

    var id: String { "\(path) \(start)-\(end)" }

    /// The order in which parts are handed out.
    static func isBefore(_ left: FileSplit, _ right: FileSplit) -> Bool {
        (left.path, left.start) < (right.path, right.start)
    }

    init(_ split: SourceSplit) throws(ConnectorError) {
        self = try PositionText.decode(FileSplit.self, split.position)
    }

    private init(
        path: String,
        fileBytes: Int64,
        changedMilliseconds: Int64,
        start: Int64,
        end: Int64,
        next: Int64?
    ) {
        self.path = path
        self.fileBytes = fileBytes
        self.changedMilliseconds = changedMilliseconds
        self.start = start
        self.end = end
        self.next = next
    }

    var sourceSplit: SourceSplit {
        get throws(ConnectorError) {
            SourceSplit(id: id, position: try PositionText.encode(self))
        }
    }
}

/// Positions and states as JSON texts.
enum PositionText {
    static func encode(_ value: some Encodable) throws(ConnectorError) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw ConnectorError(blame: .engine, "a position cannot be written: \(error)")
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        _ text: String
    ) throws(ConnectorError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw ConnectorError(
                blame: .engine,
                "The checkpoint's position of a 'filesystem' source cannot be read: \(error)"
            )
        }
    }
}
