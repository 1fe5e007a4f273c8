/// One name, case-sensitive, without its back quotes.
package struct Identifier: Sendable, Hashable {
    package let name: String
    /// Whether it was written between back quotes.
    @Ignored package var isQuoted: Bool
    @Ignored package var range: SourceRange
}

/// A name of one or more parts, `a.b.c`: of a table, a function, or a column and its fields.
package struct QualifiedName: Sendable, Hashable {
    /// Never empty.
    package let parts: [Identifier]
    @Ignored package var range: SourceRange

    /// The names of the parts.
    package var names: [String] { parts.map(\.name) }

    /// The name, if it has a single part.
    package var simple: String? { parts.count == 1 ? parts[0].name : nil }

    /// The parts joined by dots, unquoted, as messages write them: `s.player`.
    package var dotted: String { names.joined(separator: ".") }

    /// The place of the parts from one on: what Flink points at for a missing field.
    package func range(fromPart first: Int) -> SourceRange {
        parts[first].range.extended(to: parts[parts.count - 1].range)
    }
}
