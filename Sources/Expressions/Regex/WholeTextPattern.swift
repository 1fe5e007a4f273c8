/// A regular expression in Java's syntax that an option holds, for whole texts.
package final class WholeTextPattern {
    /// Why a pattern cannot be used.
    package struct Invalid: Error {
        package let reason: String
    }

    private let expression: RegularExpression

    package init(_ pattern: String) throws(Invalid) {
        do throws(JavaPatternTranslator.Invalid) {
            expression = try RegularExpression(pattern)
        } catch {
            throw Invalid(reason: error.reason)
        }
    }

    package func matches(_ text: String) -> Bool {
        expression.matchesWhole(Array(text.utf8).span)
    }
}
