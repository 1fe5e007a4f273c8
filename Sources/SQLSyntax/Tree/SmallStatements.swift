/// `CREATE [OR REPLACE] [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] AS query`.
package struct CreateView: Sendable, Hashable {
    package let name: QualifiedName
    package let orReplace: Bool
    package let isTemporary: Bool
    package let ifNotExists: Bool
    package let columns: [Identifier]
    package let comment: QuotedText?
    package let query: Query
    @Ignored package var range: SourceRange
}

/// `DROP [TEMPORARY] TABLE|VIEW [IF EXISTS] name`.
package struct DropStatement: Sendable, Hashable {
    package let kind: RelationKind
    package let name: QualifiedName
    package let isTemporary: Bool
    package let ifExists: Bool
    @Ignored package var range: SourceRange
}

/// A table or a view.
package enum RelationKind: String, Sendable, Hashable {
    case table = "TABLE"
    case view = "VIEW"
}

/// `EXPLAIN [details] statement`.
package struct Explain: Sendable, Hashable {
    /// What is shown beside the plan.
    package enum Detail: String, Sendable, Hashable, CaseIterable {
        case estimatedCost = "ESTIMATED_COST"
        case changelogMode = "CHANGELOG_MODE"
        case jsonExecutionPlan = "JSON_EXECUTION_PLAN"
        case planAdvice = "PLAN_ADVICE"
    }

    package let details: [Detail]
    /// An insert, a statement set or a query.
    package let statement: Statement
    @Ignored package var range: SourceRange
}

/// `SET 'key' = 'value'`, or `SET` alone, which lists.
package struct SetStatement: Sendable, Hashable {
    package let option: TableOption?
    @Ignored package var range: SourceRange
}

/// `RESET 'key'`, or `RESET` alone, for all keys.
package struct ResetStatement: Sendable, Hashable {
    package let key: QuotedText?
    @Ignored package var range: SourceRange
}

/// `USE CATALOG name` or `USE database`.
package struct UseStatement: Sendable, Hashable {
    package let isCatalog: Bool
    package let name: QualifiedName
    @Ignored package var range: SourceRange
}

/// `SHOW TABLES`, `SHOW VIEWS`, `SHOW CREATE TABLE t`, `SHOW CREATE VIEW v`.
package struct ShowStatement: Sendable, Hashable {
    /// What is shown.
    package enum Subject: Sendable, Hashable {
        case tables
        case views
        case create(RelationKind, QualifiedName)
    }

    package let subject: Subject
    @Ignored package var range: SourceRange
}

/// `DESCRIBE [EXTENDED] table`.
package struct DescribeStatement: Sendable, Hashable {
    package let isExtended: Bool
    package let table: QualifiedName
    @Ignored package var range: SourceRange
}

/// `UPDATE table SET column = value WHERE condition`.
package struct UpdateStatement: Sendable, Hashable {
    package let table: QualifiedName
    package let alias: Identifier?
    package let assignments: [Assignment]
    package let condition: Expression?
    @Ignored package var range: SourceRange
}

/// `column = value` of an `UPDATE`.
package struct Assignment: Sendable, Hashable {
    package let column: Identifier
    package let value: Expression
}

/// `DELETE FROM table WHERE condition`.
package struct DeleteStatement: Sendable, Hashable {
    package let table: QualifiedName
    package let alias: Identifier?
    package let condition: Expression?
    @Ignored package var range: SourceRange
}
