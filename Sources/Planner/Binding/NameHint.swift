import Core

/// The nearest known name, as the end of a message.
enum NameHint {
    /// ` Did you mean 'x'?`, or nothing.
    static func text(_ name: String, _ known: [String]) -> String {
        NearestName.hint(name, in: known)
    }
}
