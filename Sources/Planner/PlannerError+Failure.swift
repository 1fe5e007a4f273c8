import Core
import SQLSyntax

extension PlannerError {
    /// A failure of a lower layer, seen as one of the statement.
    init(_ failure: any Failure, at range: SourceRange? = nil) {
        self.init(failure.message, at: range)
    }

    init(_ message: String) {
        self.init(message, at: nil)
    }

    /// The error at a place, if it has none yet.
    func at(_ place: SourceRange) -> PlannerError {
        range == nil ? PlannerError(headline, hint: hint, at: place) : self
    }
}
