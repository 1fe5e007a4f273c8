package import Columnar
package import Expressions

/// What a node does: the closed set of operators.
///
/// Each case is the recipe from which one exhaustive switch builds the operator on the thread
/// that runs it. Column numbers refer to the columns of the node's input.
package indirect enum NodeSpec: Hashable, Sendable, Codable {
    /// Reads tables; output *i* is request *i*. No input.
    case source(SourceSpec)
    /// Rows written in the query. No input.
    case values(ValuesSpec)
    /// Makes watermarks from a rowtime column.
    case watermark(WatermarkSpec)
    /// Filters, then computes columns.
    case calc(CalcSpec)
    /// Drops `-U` rows, for an input whose updates are complete without them.
    case dropUpdateBefore
    /// Completes an upsert changelog with before-images from state.
    case changelogNormalize(ChangelogNormalizeSpec)
    /// All rows of all inputs.
    case union
    /// A regular join of two changelogs.
    case join(JoinSpec)
    /// A join of rows of the same window.
    case windowJoin(WindowJoinSpec)
    /// Groups and aggregates a changelog, updating its results.
    case groupAggregate(GroupAggregateSpec)
    /// The first half of a group aggregation, before the exchange.
    case localGroupAggregate(GroupAggregateSpec)
    /// Appends the window columns to every row.
    case windowAssign(WindowAssignSpec)
    /// Groups and aggregates by window; each window is sent once, when it is over.
    case windowAggregate(WindowAggregateSpec)
    /// The first half of a window aggregation, before the exchange.
    case localWindowAggregate(WindowAggregateSpec)
    /// Keeps a sink's rows right when several rows of the query claim one key.
    case sinkMaterialize(SinkMaterializeSpec)
    /// Delivers rows to a table.
    case sink(SinkSpec)
}

/// Tables that are read by one source.
package struct SourceSpec: Hashable, Sendable, Codable {
    package let connector: String
    package let requests: [ScanRequest]

    package init(connector: String, requests: [ScanRequest]) {
        self.connector = connector
        self.requests = requests
    }
}

/// One table of a source, with the columns and fields that the plan reads.
package struct ScanRequest: Hashable, Sendable, Codable {
    package let table: TableDefinition
    package let projection: ScanProjection

    package init(table: TableDefinition, projection: ScanProjection) {
        self.table = table
        self.projection = projection
    }
}

/// Literal rows.
package struct ValuesSpec: Hashable, Sendable, Codable {
    package let rows: [[ScalarValue]]

    package init(rows: [[ScalarValue]]) {
        self.rows = rows
    }
}

/// A watermark definition.
package struct WatermarkSpec: Hashable, Sendable, Codable {
    /// The rowtime column; a NULL in it fails the job, as in Flink.
    package let rowtime: Int
    /// The watermark of a row, a timestamp.
    package let expression: Expression

    package init(rowtime: Int, expression: Expression) {
        self.rowtime = rowtime
        self.expression = expression
    }
}

/// A filter and a projection.
package struct CalcSpec: Hashable, Sendable, Codable {
    package let condition: Expression?
    package let projection: [Expression]

    package init(condition: Expression?, projection: [Expression]) {
        self.condition = condition
        self.projection = projection
    }
}

/// How an upsert changelog becomes a full one.
package struct ChangelogNormalizeSpec: Hashable, Sendable, Codable {
    package let key: [Int]
    /// Rows that do not pass count as deleted; applied after normalisation.
    package let condition: Expression?
    /// The column that marks values which the source did not send; not part of the output.
    ///
    /// A bitmask over the declared columns, NULL where all were sent.
    package let unchangedMask: Int?
    /// For each input column its bit in that mask, -1 where it has none.
    package let maskBits: [Int]
    package let emitsUpdateBefore: Bool

    package init(
        key: [Int],
        condition: Expression? = nil,
        unchangedMask: Int? = nil,
        maskBits: [Int] = [],
        emitsUpdateBefore: Bool = true
    ) {
        self.key = key
        self.condition = condition
        self.unchangedMask = unchangedMask
        self.maskBits = maskBits
        self.emitsUpdateBefore = emitsUpdateBefore
    }
}

/// What a sink is given beside its rows.
package struct SinkSpec: Hashable, Sendable, Codable {
    /// What happens to a NULL in a `NOT NULL` column.
    package enum NotNullEnforcer: String, Hashable, Sendable, Codable {
        case error
        case drop
    }

    /// What happens to text that does not fit its column.
    package enum LengthEnforcer: String, Hashable, Sendable, Codable {
        case ignore
        case trimPad
        case error
    }

    package let table: TableDefinition
    package let notNull: NotNullEnforcer
    package let length: LengthEnforcer

    package init(
        table: TableDefinition,
        notNull: NotNullEnforcer = .error,
        length: LengthEnforcer = .ignore
    ) {
        self.table = table
        self.notNull = notNull
        self.length = length
    }
}

/// What keeps a sink right when several rows of a query claim one of its keys.
///
/// The row that came last wins; when it goes, the one before it comes back
/// (`ON CONFLICT DO DEDUPLICATE`).
package struct SinkMaterializeSpec: Hashable, Sendable, Codable {
    /// The sink's primary key.
    package let key: [Int]
    /// The columns that tell the rows of the query apart; empty when only the whole row does.
    package let upsertKey: [Int]

    package init(key: [Int], upsertKey: [Int]) {
        self.key = key
        self.upsertKey = upsertKey
    }
}
