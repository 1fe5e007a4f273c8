/// What a person is shown about a mistake: the message, where it is, the source line and a caret.
///
/// ```text
/// Encountered "scores" at line 1, column 36.
///   --> jobs/scores.sql:19:36
/// 19 | INSERT INTO results SELECT id FORM scores;
///    |                                    ^~~~~~
/// ```
package struct Diagnostic: Sendable, CustomStringConvertible {
    package let message: String
    package let script: ScriptText
    /// The bytes of the script that the message is about.
    package let offsets: Range<Int>

    package init(message: String, script: ScriptText, offsets: Range<Int>) {
        self.message = message
        self.script = script
        self.offsets = offsets
    }

    /// `file:line:column`, as editors and terminals understand it.
    package var location: String {
        let position = script.position(ofOffset: offsets.lowerBound)
        return "\(script.name):\(position.line):\(position.column)"
    }

    package var description: String {
        let line = script.line(atOffset: offsets.lowerBound)
        let number = "\(script.position(ofOffset: offsets.lowerBound).line)"
        let gutter = String(repeating: " ", count: number.utf8.count)
        let picture = picture(ofLine: line)
        return """
            \(message)
            \(gutter) --> \(location)
            \(number) | \(picture.source)
            \(gutter) | \(picture.marks)
            """
    }

    /// The source line and the line of marks under it; a long line is cut on both sides.
    private func picture(ofLine line: Range<Int>) -> (source: String, marks: String) {
        let first = min(max(offsets.lowerBound, line.lowerBound), line.upperBound)
        let last = min(max(offsets.upperBound, first), line.upperBound)
        var before = Array(script.text(line.lowerBound..<first).unicodeScalars)
        var after = Array(script.text(last..<line.upperBound).unicodeScalars)
        let marked = script.text(first..<last).unicodeScalars.prefix(SyntaxLimits.diagnosticColumns)
        if before.count > SyntaxLimits.diagnosticColumns {
            before = ["…"] + before.suffix(SyntaxLimits.diagnosticColumns)
        }
        if after.count > SyntaxLimits.diagnosticColumns {
            after = after.prefix(SyntaxLimits.diagnosticColumns) + ["…"]
        }
        var source = ""
        var marks = ""
        for scalar in before {
            source.unicodeScalars.append(visible(scalar))
            // A tab is repeated, so that it has the same width in both lines.
            marks += scalar == "\t" ? "\t" : String(repeating: " ", count: DisplayWidth.of(scalar))
        }
        var width = 0
        for scalar in marked {
            source.unicodeScalars.append(visible(scalar))
            width += DisplayWidth.of(scalar)
        }
        for scalar in after { source.unicodeScalars.append(visible(scalar)) }
        marks += "^" + String(repeating: "~", count: max(width, 1) - 1)
        return (source, marks)
    }

    /// A control character would move the terminal's cursor: it is shown as a replacement.
    private func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F ? "\u{FFFD}" : scalar
    }
}
