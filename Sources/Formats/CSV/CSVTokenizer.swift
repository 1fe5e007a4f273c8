/// Cuts CSV into fields, as Jackson's `CsvDecoder`.
struct CSVTokenizer {
    /// What ends a field.
    enum End: Equatable {
        case delimiter
        case record
        /// The bytes end within the field.
        case needsBytes
        case failed(String)
    }

    /// One field: a range of the bytes, or the scratch when something in it was unescaped.
    struct Field {
        var range: Range<Int>
        var isInScratch = false
        /// Where reading goes on behind the field and what ends it.
        var next: Int
        var end: End
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    let delimiter: CSVSymbol
    let quote: CSVSymbol?
    let escape: CSVSymbol?
    /// Whether a carriage return alone ends a record too: not in files that are read in parts,
    /// whose parts begin behind newlines.
    let endsAtCarriageReturn: Bool
    /// The last field, if it is not a range of the bytes.
    private(set) var scratch: [UInt8] = []

    init(_ options: CSVOptions) {
        delimiter = options.delimiter
        quote = options.quote
        escape = options.escape
        endsAtCarriageReturn = !options.isSplittable
    }

    /// The field that starts at a position.
    ///
    /// - Parameters:
    ///   - bytes: what there is.
    ///   - start: where the field starts; may be the end of the bytes.
    ///   - isAtEnd: whether no bytes will follow.
    /// - Returns: the field, without its quotes.
    mutating func field(_ bytes: Span<UInt8>, _ start: Int, isAtEnd: Bool) -> Field {
        if let quote, start < bytes.count, quote.matches(bytes, start) {
            return quoted(bytes, start + quote.count, quote, isAtEnd: isAtEnd)
        }
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Self.newline || byte == Self.carriageReturn {
                if let field = ended(bytes, start, position, isAtEnd: isAtEnd) { return field }
            } else if byte == delimiter.first, delimiter.matches(bytes, position) {
                return Field(
                    range: start..<position,
                    next: position + delimiter.count,
                    end: .delimiter
                )
            } else if let escape, escape.matches(bytes, position) {
                return escaped(bytes, start, position, escape, isAtEnd: isAtEnd)
            }
            position += 1
        }
        return Field(
            range: start..<position,
            next: position,
            end: isAtEnd ? .record : .needsBytes
        )
    }

    /// The field that a line end at a position ends; nil when it is none.
    private func ended(
        _ bytes: Span<UInt8>,
        _ start: Int,
        _ position: Int,
        isAtEnd: Bool
    ) -> Field? {
        switch lineEnd(bytes, position, isAtEnd: isAtEnd) {
        case .none: nil
        case .some(0): Field(range: start..<position, next: position, end: .needsBytes)
        case .some(let length):
            Field(range: start..<position, next: position + length, end: .record)
        }
    }

    /// The length of the line end at a position: 0 when more bytes decide, nil when it is none.
    private func lineEnd(_ bytes: Span<UInt8>, _ position: Int, isAtEnd: Bool) -> Int? {
        if bytes[position] == Self.newline { return 1 }
        guard bytes[position] == Self.carriageReturn else { return nil }
        if position + 1 < bytes.count {
            if bytes[position + 1] == Self.newline { return 2 }
        } else if !isAtEnd {
            return 0
        }
        return endsAtCarriageReturn || position + 1 == bytes.count ? 1 : nil
    }

    /// An unquoted field with an escape at a position.
    private mutating func escaped(
        _ bytes: Span<UInt8>,
        _ start: Int,
        _ firstEscape: Int,
        _ escape: CSVSymbol,
        isAtEnd: Bool
    ) -> Field {
        scratch.removeAll(keepingCapacity: true)
        for index in start..<firstEscape { scratch.append(bytes[index]) }
        var position = firstEscape
        while position < bytes.count {
            if escape.matches(bytes, position) {
                position += escape.count
                guard position < bytes.count else {
                    let reason = "Unexpected EOF in escaped character"
                    return inScratch(position, isAtEnd ? .failed(reason) : .needsBytes)
                }
                scratch.append(Self.unescaped(bytes[position]))
            } else if delimiter.matches(bytes, position) {
                return inScratch(position + delimiter.count, .delimiter)
            } else if let length = lineEnd(bytes, position, isAtEnd: isAtEnd) {
                return inScratch(position + length, length == 0 ? .needsBytes : .record)
            } else {
                scratch.append(bytes[position])
            }
            position += 1
        }
        return inScratch(position, isAtEnd ? .record : .needsBytes)
    }

    /// A quoted field, from behind its quote.
    private mutating func quoted(
        _ bytes: Span<UInt8>,
        _ start: Int,
        _ quote: CSVSymbol,
        isAtEnd: Bool
    ) -> Field {
        var position = start
        var isInScratch = false
        while position < bytes.count {
            if quote.matches(bytes, position) {
                let behind = position + quote.count
                if behind == bytes.count, !isAtEnd { break }
                guard behind < bytes.count, quote.matches(bytes, behind) else {
                    var field = closed(bytes, behind, isAtEnd: isAtEnd)
                    field.range = start..<position
                    field.isInScratch = isInScratch
                    return field
                }
                if !isInScratch { beginScratch(bytes, start..<position) }
                isInScratch = true
                scratch += quote.bytes
                position = behind + quote.count
            } else if let escape, escape.matches(bytes, position) {
                if !isInScratch { beginScratch(bytes, start..<position) }
                isInScratch = true
                position += escape.count
                guard position < bytes.count else { break }
                scratch.append(Self.unescaped(bytes[position]))
                position += 1
            } else {
                if isInScratch { scratch.append(bytes[position]) }
                position += 1
            }
        }
        return Field(
            range: start..<min(position, bytes.count),
            isInScratch: isInScratch,
            next: bytes.count,
            end: isAtEnd ? .failed("Missing closing quote for value") : .needsBytes
        )
    }

    private mutating func beginScratch(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        scratch.removeAll(keepingCapacity: true)
        for index in range { scratch.append(bytes[index]) }
    }

    /// What follows a closing quote: blanks, then the end of the field.
    private func closed(_ bytes: Span<UInt8>, _ start: Int, isAtEnd: Bool) -> Field {
        var position = start
        while position < bytes.count {
            if delimiter.matches(bytes, position) {
                return Field(
                    range: 0..<0,
                    next: position + delimiter.count,
                    end: .delimiter
                )
            }
            if let length = lineEnd(bytes, position, isAtEnd: isAtEnd) {
                return Field(
                    range: 0..<0,
                    next: position + length,
                    end: length == 0 ? .needsBytes : .record
                )
            }
            guard bytes[position] <= 0x20 else {
                return Field(
                    range: 0..<0,
                    next: position,
                    end: .failed(
                        """
                        Unexpected character (code \(bytes[position])) behind a closing quote: \
                        Expected column separator character \
                        ('\(String(decoding: delimiter.bytes, as: UTF8.self))') or end-of-line
                        """
                    )
                )
            }
            position += 1
        }
        return Field(range: 0..<0, next: position, end: isAtEnd ? .record : .needsBytes)
    }

    private func inScratch(_ next: Int, _ end: End) -> Field {
        Field(range: 0..<0, isInScratch: true, next: next, end: end)
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0"): 0
        case UInt8(ascii: "n"): newline
        case UInt8(ascii: "r"): carriageReturn
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        default: byte
        }
    }

    /// The start of the first record from a position on that is not to be skipped: blank lines and
    /// comments, when those are allowed.
    ///
    /// - Parameters:
    ///   - bytes: what there is.
    ///   - start: the start of a line.
    ///   - isAtEnd: whether no bytes will follow.
    /// - Returns: where the record starts, and whether it is certain that one does.
    func skippingComments(
        _ bytes: Span<UInt8>,
        _ start: Int,
        isAtEnd: Bool
    ) -> (start: Int, isRecord: Bool) {
        var line = start
        var position = start
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count,
                    lineEnd(bytes, position, isAtEnd: isAtEnd) == nil
                {
                    position += 1
                }
                guard position < bytes.count else { break }
            } else if bytes[position] == UInt8(ascii: " ") {
                position += 1
                continue
            } else if lineEnd(bytes, position, isAtEnd: isAtEnd) == nil {
                return (position, true)
            }
            let length = lineEnd(bytes, position, isAtEnd: isAtEnd) ?? 0
            if length == 0 { return (line, false) }
            position += length
            line = position
        }
        return (isAtEnd ? bytes.count : line, false)
    }

    /// The position behind the line end at or behind a position; nil when more bytes decide.
    func behindLine(_ bytes: Span<UInt8>, _ start: Int, isAtEnd: Bool) -> Int? {
        var position = start
        while position < bytes.count {
            if let length = lineEnd(bytes, position, isAtEnd: isAtEnd) {
                return length == 0 ? nil : position + length
            }
            position += 1
        }
        return isAtEnd ? position : nil
    }
}
