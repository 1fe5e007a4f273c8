/// One statement.
///
/// A switch over the cases reads every statement that is accepted.
package indirect enum Statement: Sendable, Hashable {
    case createTable(CreateTable)
    case createView(CreateView)
    case drop(DropStatement)
    /// `INSERT INTO …`, with or without `EXECUTE` before it.
    case insert(Insert)
    /// `EXECUTE STATEMENT SET BEGIN …; END`
    case statementSet(StatementSet)
    /// A query by itself, with or without `EXECUTE` before it.
    case query(Query)
    case explain(Explain)
    case set(SetStatement)
    case reset(ResetStatement)
    case use(UseStatement)
    case show(ShowStatement)
    case describe(DescribeStatement)
    /// Parsed so that the planner can say why it refuses.
    case update(UpdateStatement)
    /// Parsed so that the planner can say why it refuses.
    case delete(DeleteStatement)

    /// The place of the statement.
    package var range: SourceRange {
        switch self {
        case .createTable(let node): node.range
        case .createView(let node): node.range
        case .drop(let node): node.range
        case .insert(let node): node.range
        case .statementSet(let node): node.range
        case .query(let node): node.range
        case .explain(let node): node.range
        case .set(let node): node.range
        case .reset(let node): node.range
        case .use(let node): node.range
        case .show(let node): node.range
        case .describe(let node): node.range
        case .update(let node): node.range
        case .delete(let node): node.range
        }
    }
}

/// A statement and the text that it was read from.
package struct ParsedStatement: Sendable {
    package let statement: Statement
    package let text: StatementText
}
