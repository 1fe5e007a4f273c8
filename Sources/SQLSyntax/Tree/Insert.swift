/// `INSERT INTO table [PARTITION (…)] [(columns)] query [ON CONFLICT DO …]`.
package struct Insert: Sendable, Hashable {
    package let table: QualifiedName
    package let hints: [Hint]
    /// `INSERT OVERWRITE`.
    package let isOverwrite: Bool
    package let partition: [PartitionValue]
    /// nil if no columns were named.
    package let columns: [QualifiedName]?
    package let query: Query
    package let onConflict: ConflictStrategy?
    @Ignored package var range: SourceRange
}

/// `column = value` of a `PARTITION` clause.
package struct PartitionValue: Sendable, Hashable {
    package let column: Identifier
    package let value: Literal
}

/// What a sink does when rows of different upsert keys have the same primary key.
package enum ConflictStrategy: String, Sendable, Hashable, CaseIterable {
    case error = "ERROR"
    case nothing = "NOTHING"
    case deduplicate = "DEDUPLICATE"
}

/// `EXECUTE STATEMENT SET BEGIN insert; … END`.
package struct StatementSet: Sendable, Hashable {
    package let inserts: [Insert]
    @Ignored package var range: SourceRange
}
