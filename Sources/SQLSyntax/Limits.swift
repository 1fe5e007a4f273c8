/// The named limits of this module.
package enum SyntaxLimits {
    /// The longest script that is read: offsets are kept in 32 bits.
    package static let scriptBytes = 64 << 20
    /// How deeply parentheses, subqueries, types and function calls may be nested.
    ///
    /// Each level costs the parser a few frames of its stack.
    package static let nestingDepth = 200
    /// How tall the tree of one expression, join or set operation may become.
    ///
    /// A chain such as `a + b + c` grows by one per operator; chains of AND, OR and UNION do not.
    package static let treeHeight = 500
    /// The longest character set name in front of a string, as in `_UTF16'x'`.
    static let charsetNameBytes = 40
    /// How many of the words that would have been allowed an error message lists.
    static let expectedWords = 12
    /// How many columns of a source line a diagnostic shows before the caret, and after it.
    static let diagnosticColumns = 100
}
