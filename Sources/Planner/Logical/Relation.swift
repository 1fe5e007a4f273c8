import Columnar
import Expressions
import JobGraph

/// A column of a relation.
struct RelationColumn: Hashable {
    let name: String
    let type: DataType
    /// Set when rows come in the order of this column, up to the watermark.
    var isRowtime = false

    init(_ name: String, _ type: DataType, isRowtime: Bool = false) {
        self.name = name
        self.type = type
        self.isRowtime = isRowtime
    }

    func renamed(_ name: String) -> RelationColumn {
        RelationColumn(name, type, isRowtime: isRowtime)
    }

    /// The column as an ordinary value.
    var materialized: RelationColumn { RelationColumn(name, type) }
}

/// A node of the logical plan: what rows are meant, not how they are computed.
///
/// A relation that is used twice (a view, a common table expression) is one object, and stays one:
/// its state is kept once.
final class Relation {
    let body: RelationBody
    let columns: [RelationColumn]
    /// How many relations lie one behind the other, this one included.
    private(set) var depth = 1

    init(_ body: RelationBody, _ columns: [RelationColumn]) {
        self.body = body
        self.columns = columns
        for input in inputs { depth = max(depth, input.depth + 1) }
    }

    var types: [DataType] { columns.map(\.type) }

    /// A column as an expression.
    func column(_ index: Int) -> Expression {
        .column(index: index, type: columns[index].type)
    }

    var inputs: [Relation] {
        switch body {
        case .table, .values: []
        case .project(let input, _), .filter(let input, _), .aggregate(let input, _),
            .windowTable(let input, _):
            [input]
        case .join(let left, let right, _, _): [left, right]
        case .union(let inputs): inputs
        }
    }
}

/// The kinds of relations; column numbers refer to the input.
enum RelationBody {
    /// A declared table.
    case table(TableRead)
    /// Literal rows.
    case values([[ScalarValue]])
    case project(Relation, [Expression])
    case filter(Relation, Expression)
    /// The condition is over the columns of both sides.
    case join(Relation, Relation, JoinKind, Expression)
    /// Output: the group columns, then the aggregates.
    case aggregate(Relation, Aggregation)
    /// Appends `window_start`, `window_end` and `window_time`.
    case windowTable(Relation, WindowFunction)
    /// All rows of all inputs, column by column.
    case union([Relation])
}

/// A GROUP BY with its aggregates.
struct Aggregation {
    let keys: [Int]
    let calls: [AggregateCall]
}

/// A window table function over a rowtime column.
struct WindowFunction: Hashable {
    let kind: WindowKind
    let rowtime: Int
    /// Whether the rowtime is TIMESTAMP_LTZ: windows are cut in the session's zone.
    let isLocal: Bool
}

/// The reading of a declared table.
///
/// Before columns are pruned the output is all declared columns; `ColumnPruning` replaces it by
/// what the whole job needs of the table, so that it is read once.
struct TableRead {
    /// One output column.
    enum Output: Hashable {
        /// A declared column, or a field in it: a path as in `ScanProjection`.
        case path([Int])
        /// A computed column, by its position among the declared columns.
        case computed(Int)
    }

    let table: DeclaredTable
    let outputs: [Output]
}

extension Relation {
    /// The relation with other inputs, of the same columns.
    func replacingInputs(_ inputs: [Relation]) -> Relation {
        if zip(self.inputs, inputs).allSatisfy({ $0 === $1 }) { return self }
        switch body {
        case .table, .values: return self
        case .project(_, let expressions):
            return Relation(.project(inputs[0], expressions), columns)
        case .filter(_, let condition): return Relation(.filter(inputs[0], condition), columns)
        case .aggregate(_, let aggregation):
            return Relation(.aggregate(inputs[0], aggregation), columns)
        case .windowTable(_, let function):
            return Relation(.windowTable(inputs[0], function), columns)
        case .join(_, _, let kind, let condition):
            return Relation(.join(inputs[0], inputs[1], kind, condition), columns)
        case .union: return Relation(.union(inputs), columns)
        }
    }
}
