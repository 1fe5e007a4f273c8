package import KeyedState

/// An operator that has state in a checkpoint, or keeps some: for messages.
package struct StateOwner: Hashable, Sendable, CustomStringConvertible {
    /// What it is, with its uid.
    package let title: String
    /// The schemas of its keyed states; empty for a source, one of its tables, or a sink.
    package let states: [StateDeclaration]

    /// The title and, below it, a line for each state.
    package var description: String {
        ([title] + states.map { "  \($0)" }).joined(separator: "\n  ")
    }
}
