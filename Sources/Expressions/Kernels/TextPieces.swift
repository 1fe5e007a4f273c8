import Columnar

/// Parts of texts by the positions of their characters.
enum Substrings {
    /// SQL's SUBSTRING: counts from 1, from the end when negative; false for NULL.
    static func write(
        _ text: [UInt8],
        _ position: Int,
        _ length: Int,
        to output: inout BytesBuilder
    ) -> Bool {
        if length < 0 { return false }
        if text.isEmpty { return true }
        let count = UTF8Text.count(text.span)
        var start = 0
        if position > 0 {
            start = position - 1
            if start >= count { return true }
        } else if position < 0 {
            start = count + position
            if start < 0 { return true }
        }
        let end = count - start < length ? count : start + length
        let lower = UTF8Text.offset(text.span, ofCharacter: start)
        let upper = UTF8Text.offset(text.span, ofCharacter: end)
        output.write(text.span.extracting(lower..<upper))
        return true
    }

    /// OVERLAY counts UTF-16 units, as Java's strings do.
    static func writeOverlay(
        _ input: StrictInput,
        _ row: Int,
        hasLength: Bool,
        to output: inout BytesBuilder
    ) {
        let text = Array(input.string(0, row).utf16)
        let replacement = Array(input.string(1, row).utf16)
        let start = input.int(2, row)
        let length = hasLength ? input.int(3, row) : replacement.count
        guard start > 0, start <= text.count else { return output.write(input.string(0, row)) }
        var result = Array(text[..<(start - 1)]) + replacement
        if start + length <= text.count, length > 0 { result += text[(start - 1 + length)...] }
        output.write(String(decoding: result, as: UTF16.self))
    }
}

/// Texts cut at separators.
enum Splitting {
    /// The pieces between separators, empty ones included; none for an empty text.
    static func pieces(_ text: [UInt8], _ separator: [UInt8]) -> [[UInt8]] {
        if text.isEmpty { return [] }
        var pieces: [[UInt8]] = []
        var start = 0
        while let place = Searching.offset(of: separator, in: text, from: start) {
            pieces.append(Array(text[start..<place]))
            start = place + separator.count
        }
        pieces.append(Array(text[start...]))
        return pieces
    }
}

/// Searches within one text.
enum Searching {
    /// The byte offset of the first occurrence of some bytes, which are not empty.
    static func offset(of part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard let first = part.first, text.count >= part.count else { return nil }
        var place = start
        while place <= text.count - part.count {
            if text[place] == first, text[place..<place + part.count].elementsEqual(part) {
                return place
            }
            place += 1
        }
        return nil
    }

    /// The number of characters before the first occurrence at or behind a character, or -1.
    static func index(of part: [UInt8], in text: [UInt8], _ from: Int) -> Int {
        if part.isEmpty { return 0 }
        let start = UTF8Text.offset(text.span, ofCharacter: max(0, from))
        guard let place = offset(of: part, in: text, from: start) else { return -1 }
        return UTF8Text.count(text.span.extracting(0..<place))
    }

    /// `INSTR(text, part[, start[, n]])`; a negative start searches backwards.
    static func instr(_ request: KernelRequest) -> StrictKernel {
        let count = request.arguments.count
        return StringKernels.integers(request.result) { (input, row) throws(RowFailure) in
            let start = count > 2 ? input.int(2, row) : 1
            let times = count > 3 ? input.int(3, row) : 1
            guard times > 0 else { throw RowFailure("nthAppearance must be positive!") }
            let text = input.bytes(0, row)
            let part = input.bytes(1, row)
            if start == 0 { return 0 }
            if start > 0 { return Int32(position(text, part, start, times)) }
            let mirrored = position(reversed(text), reversed(part), -start, times)
            if mirrored == 0 { return 0 }
            return Int32(
                UTF8Text.count(text.span) + 2 - mirrored - UTF8Text.count(part.span)
            )
        }
    }

    private static func position(
        _ text: [UInt8],
        _ part: [UInt8],
        _ start: Int,
        _ times: Int
    ) -> Int {
        var next = start
        var result = 0
        for _ in 0..<times {
            result = index(of: part, in: text, next - 1) + 1
            if result == 0 { return 0 }
            next = result + 1
        }
        return result
    }

    private static func reversed(_ text: [UInt8]) -> [UInt8] {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.reversed()
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }

    /// Java's `String.replace`: an empty part stands before, between and behind all characters.
    static func writeReplaced(
        _ text: [UInt8],
        _ part: [UInt8],
        _ replacement: [UInt8],
        to output: inout BytesBuilder
    ) {
        if part.isEmpty {
            for byte in text {
                if byte & 0xC0 != 0x80 { output.write(replacement.span) }
                output.write(byte: byte)
            }
            output.write(replacement.span)
            return
        }
        var start = 0
        while let place = offset(of: part, in: text, from: start) {
            output.write(text.span.extracting(start..<place))
            output.write(replacement.span)
            start = place + part.count
        }
        output.write(text.span.extracting(start..<text.count))
    }
}

/// TRIM and its kin.
enum Trimming {
    /// From which end characters are taken.
    enum Side: String, Sendable {
        case both = "BOTH"
        case leading = "LEADING"
        case trailing = "TRAILING"
    }

    /// - `characters`: the operand that lists the characters; spaces where nil.
    static func kernel(
        _ type: DataType,
        text: Int,
        characters: Int?,
        _ side: Side
    ) -> StrictKernel {
        { input in
            let values = input.texts(text)
            var builder = BytesBuilder(
                reserving: input.count,
                bytes: max(1024, values.totalLength)
            )
            for row in 0..<input.count {
                let value = values[row]
                var set = " "
                if let characters { set = input.string(characters, row) }
                // A list that starts with a space means spaces alone, as in Flink.
                if set.utf8.first == UInt8(ascii: " ") {
                    builder.write(value.extracting(spaces(value, side)))
                } else if input.isValid(row) {
                    builder.write(trimmed(values.string(row), set, side))
                }
                builder.endValue()
            }
            return Column(type, builder.finish(), validity: input.validity)
        }
    }

    private static func spaces(_ value: Span<UInt8>, _ side: Side) -> Range<Int> {
        var lower = 0
        var upper = value.count
        if side != .trailing {
            while lower < upper, value[lower] == UInt8(ascii: " ") { lower += 1 }
        }
        if side != .leading {
            while upper > lower, value[upper - 1] == UInt8(ascii: " ") { upper -= 1 }
        }
        return lower..<upper
    }

    private static func trimmed(_ text: String, _ set: String, _ side: Side) -> String {
        let known = Set(set.unicodeScalars)
        var scalars = text.unicodeScalars[...]
        if side != .trailing { scalars = scalars.drop { known.contains($0) } }
        if side != .leading {
            while let last = scalars.last, known.contains(last) { scalars.removeLast() }
        }
        return String(scalars)
    }
}

extension StringKernels {
    /// All operands one after the other.
    static func concatenated(
        _ input: StrictInput,
        _ type: DataType
    ) throws(RowFailure) -> Column {
        let pieces = input.operands.map { Piece($0) }
        var builder = BytesBuilder(
            reserving: input.count,
            bytes: max(1024, pieces.reduce(0) { $0 + $1.values.totalLength })
        )
        if pieces.count == 2 {
            // As locals: from an array, each value costs a retain and a release.
            let (left, right) = (pieces[0].values, pieces[1].values)
            let (isLeftFixed, isRightFixed) = (pieces[0].isConstant, pieces[1].isConstant)
            for row in 0..<input.count {
                builder.write(left[isLeftFixed ? 0 : row])
                builder.write(right[isRightFixed ? 0 : row])
                try checkText(0, batch: builder.byteCount)
                builder.endValue()
            }
        } else {
            for row in 0..<input.count {
                for piece in pieces { builder.write(piece.values[piece.isConstant ? 0 : row]) }
                try checkText(0, batch: builder.byteCount)
                builder.endValue()
            }
        }
        return Column(type, builder.finish(), validity: input.validity)
    }

    /// CONCAT_WS: NULLs are left out, a NULL separator makes NULL.
    static func joined(_ input: KernelInput, _ type: DataType) -> Column {
        let columns = input.operands.map { $0.column(count: input.count) }
        var builder = BytesBuilder(reserving: input.count)
        var validity = BitmapBuilder(reserving: input.count)
        for row in 0..<input.count {
            let isValid = !columns[0].isNull(row)
            var isFirst = true
            for column in columns.dropFirst() where isValid && !column.isNull(row) {
                if !isFirst { builder.write(columns[0].byteStrings[row]) }
                builder.write(column.byteStrings[row])
                isFirst = false
            }
            builder.endValue()
            validity.append(isValid)
        }
        return Column(type, builder.finish(), validity: validity.finish().orNilIfAllOnes)
    }

    /// An operand's texts without repeating a constant.
    private struct Piece {
        let values: BytesValues
        let isConstant: Bool

        init(_ operand: Operand) {
            switch operand {
            case .column(let column):
                values = column.byteStrings
                isConstant = false
            case .constant(let value, _):
                var builder = BytesBuilder(reserving: 1)
                builder.append(value.byteArray.span)
                values = builder.finish()
                isConstant = true
            }
        }
    }
}
