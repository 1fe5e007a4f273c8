/// One statement of a script, as text.
package struct StatementText: Sendable, CustomStringConvertible {
    package let script: ScriptText
    /// The statement's bytes in the script, from its first token to its last, without the
    /// semicolon.
    package let offsets: Range<Int>

    package init(script: ScriptText, offsets: Range<Int>) {
        self.script = script
        self.offsets = offsets
    }

    /// The statement as it was written, comments inside it included.
    package var description: String { script.text(offsets) }

    /// Where a piece of the statement begins in the file, as an editor counts.
    package func filePosition(of range: SourceRange) -> LinePosition {
        script.position(ofOffset: range.offsets.lowerBound)
    }

    /// What a person is shown about a piece of this statement: message, file, line and caret.
    package func diagnostic(_ message: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(message: message, script: script, offsets: range.offsets)
    }
}
