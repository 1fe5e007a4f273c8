/// `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (…) … WITH (…) LIKE …`.
package struct CreateTable: Sendable, Hashable {
    package let name: QualifiedName
    package let isTemporary: Bool
    package let ifNotExists: Bool
    /// In the order in which they were written.
    package let columns: [ColumnDefinition]
    /// Those of the table; a column's own is in its definition.
    package let constraints: [TableConstraint]
    package let watermark: WatermarkDefinition?
    package let comment: QuotedText?
    package let partitionedBy: [Identifier]
    package let options: [TableOption]
    package let like: TableLike?
    @Ignored package var range: SourceRange
}

/// One column of a table.
package struct ColumnDefinition: Sendable, Hashable {
    /// Where a column's values come from.
    package enum Kind: Sendable, Hashable {
        /// `name type [PRIMARY KEY NOT ENFORCED]`
        case physical(DataTypeSyntax, TableConstraint?)
        /// `name AS expression`
        case computed(Expression)
        /// `name type METADATA [FROM 'key'] [VIRTUAL]`
        case metadata(DataTypeSyntax, key: QuotedText?, isVirtual: Bool)
    }

    package let name: Identifier
    package let kind: Kind
    package let comment: QuotedText?
    @Ignored package var range: SourceRange
}

/// `[CONSTRAINT name] PRIMARY KEY (columns) [NOT ENFORCED]`.
package struct TableConstraint: Sendable, Hashable {
    /// What is promised.
    package enum Kind: String, Sendable, Hashable {
        case primaryKey = "PRIMARY KEY"
        case unique = "UNIQUE"
    }

    package let name: Identifier?
    package let kind: Kind
    /// The column itself, for a column's constraint.
    package let columns: [Identifier]
    /// `ENFORCED` is true, `NOT ENFORCED` is false, neither is nil.
    package let isEnforced: Bool?
    @Ignored package var range: SourceRange
}

/// `WATERMARK FOR column AS expression`.
package struct WatermarkDefinition: Sendable, Hashable {
    /// One part, or the path of a nested field.
    package let column: QualifiedName
    package let expression: Expression
    @Ignored package var range: SourceRange
}

/// `'key' = 'value'` in a `WITH` clause.
package struct TableOption: Sendable, Hashable {
    package let key: QuotedText
    package let value: QuotedText
}

/// `LIKE table (INCLUDING …)`.
package struct TableLike: Sendable, Hashable {
    package let table: QualifiedName
    package let options: [TableLikeOption]
    @Ignored package var range: SourceRange
}

/// `INCLUDING OPTIONS`, `EXCLUDING ALL`, `OVERWRITING WATERMARKS`.
package struct TableLikeOption: Sendable, Hashable {
    /// What is done with a feature of the other table.
    package enum Strategy: String, Sendable, Hashable, CaseIterable {
        case including = "INCLUDING"
        case excluding = "EXCLUDING"
        case overwriting = "OVERWRITING"
    }

    /// A part of a table's definition.
    package enum Feature: String, Sendable, Hashable, CaseIterable {
        case all = "ALL"
        case constraints = "CONSTRAINTS"
        case distribution = "DISTRIBUTION"
        case generated = "GENERATED"
        case metadata = "METADATA"
        case options = "OPTIONS"
        case partitions = "PARTITIONS"
        case watermarks = "WATERMARKS"
    }

    package let strategy: Strategy
    package let feature: Feature
    @Ignored package var range: SourceRange
}
