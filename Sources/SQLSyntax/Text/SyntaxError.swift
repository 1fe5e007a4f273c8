package import Core

/// Why a piece of SQL could not be read.
///
/// `headline` is the first line of what Flink says of the same mistake; `advice` adds what was
/// expected and the word that was probably meant.
package struct SyntaxError: Failure {
    /// One reference, since every frame of the parser has room for the error that it may pass on.
    private let details: Details

    private final class Details: Sendable {
        let headline: String
        let advice: String?
        let range: SourceRange
        let statement: StatementText

        init(_ headline: String, _ advice: String?, _ range: SourceRange, _ text: StatementText) {
            self.headline = headline
            self.advice = advice
            self.range = range
            statement = text
        }
    }

    init(
        _ headline: String,
        advice: String? = nil,
        range: SourceRange,
        statement: StatementText
    ) {
        details = Details(headline, advice, range, statement)
    }

    package var headline: String { details.headline }
    package var advice: String? { details.advice }
    /// What the message is about.
    package var range: SourceRange { details.range }
    package var statement: StatementText { details.statement }

    package var blame: Blame { .user }
    package var isRetryable: Bool { false }

    package var message: String {
        guard let advice else { return headline }
        return headline + "\n" + advice
    }

    /// The message with the source line and a caret, for people.
    package var diagnostic: Diagnostic { statement.diagnostic(message, at: range) }
}
