/// The text of a SQL script and the name under which people know it.
package struct ScriptText: Sendable {
    /// The file name that messages show.
    package let name: String
    /// Well-formed UTF-8.
    package let bytes: [UInt8]

    package init(_ text: String, name: String = "script.sql") {
        self.name = name
        bytes = Array(text.utf8)
    }

    /// Takes a script as it was read from a file; throws for bytes that are not UTF-8 and for a
    /// script longer than ``SyntaxLimits/scriptBytes``.
    package init(bytes: [UInt8], name: String) throws(SyntaxError) {
        self.name = name
        if let offset = UTF8Check.firstInvalidOffset(in: bytes) {
            self.bytes = Array(String(decoding: bytes, as: UTF8.self).utf8)
            let whole = StatementText(script: self, offsets: 0..<self.bytes.count)
            // Repairing a byte does not move what stands before it.
            let place = position(ofOffset: offset)
            throw SyntaxError(
                "The script is not UTF-8: byte \(offset) at \(place)",
                range: SourceRange(offsets: offset..<offset, start: place, end: place),
                statement: whole
            )
        }
        self.bytes = bytes
        try checkLength()
    }

    /// Throws when the script is longer than ``SyntaxLimits/scriptBytes``.
    func checkLength() throws(SyntaxError) {
        guard bytes.count > SyntaxLimits.scriptBytes else { return }
        let start = LinePosition(line: 1, column: 1)
        throw SyntaxError(
            "The script has \(bytes.count) bytes, more than \(SyntaxLimits.scriptBytes)",
            range: SourceRange(offsets: 0..<0, start: start, end: start),
            statement: StatementText(script: self, offsets: 0..<0)
        )
    }

    /// The text between two byte offsets.
    package func text(_ offsets: Range<Int>) -> String {
        String(decoding: bytes[offsets.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    /// The line and column of a byte offset in the script as a whole.
    package func position(ofOffset offset: Int) -> LinePosition {
        let target = min(offset, bytes.count)
        var line = 1
        var column = 1
        var index = 0
        while index < target {
            let byte = bytes[index]
            index += 1
            if byte == .lineFeed || (byte == .carriageReturn && !isLineFeed(at: index)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += byte >= 0xF0 ? 2 : 1
            }
        }
        return LinePosition(line: line, column: column)
    }

    /// The byte offsets of the line that holds an offset, without its line end.
    package func line(atOffset offset: Int) -> Range<Int> {
        var start = min(offset, bytes.count)
        while start > 0, !bytes[start - 1].isLineEnd { start -= 1 }
        var end = min(offset, bytes.count)
        while end < bytes.count, !bytes[end].isLineEnd { end += 1 }
        return start..<max(start, end)
    }

    private func isLineFeed(at index: Int) -> Bool {
        index < bytes.count && bytes[index] == .lineFeed
    }
}

extension ScriptText: CustomReflectable {
    /// The name and the length: tests reflect on errors, and would look at every byte.
    package var customMirror: Mirror {
        Mirror(self, children: ["name": name, "byteCount": bytes.count])
    }
}
