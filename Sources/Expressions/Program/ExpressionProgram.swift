package import Columnar

/// Expressions made ready to run: built once, evaluated for every batch, by one thread.
///
/// Equal subexpressions are computed once a batch. AND, OR, CASE, IF and COALESCE compute an
/// argument that can fail only for the rows that reach it.
package final class ExpressionProgram {
    let nodes: [Node]
    let environment: BatchEnvironment
    private let roots: [(id: Int, type: DataType)]
    private let inputNames: [String]
    private let destination: String

    /// - `inputNames`: the names of the input's columns, for messages.
    /// - `destination`: the tables that the rows are on their way to, for messages.
    package init(
        _ expressions: [Expression],
        context: EvaluationContext = EvaluationContext(),
        inputNames: [String] = [],
        destination: String = ""
    ) throws(ExpressionError) {
        var builder = NodeBuilder(context)
        var roots: [(id: Int, type: DataType)] = []
        for expression in expressions {
            roots.append((try builder.add(expression), expression.type))
        }
        self.roots = roots
        self.inputNames = inputNames
        self.destination = destination
        nodes = builder.nodes
        environment = BatchEnvironment(context)
    }

    /// One column for each expression, with as many rows as the batch.
    package func evaluate(_ batch: RecordBatch) throws(ExpressionError) -> [Column] {
        environment.startBatch()
        let frame = Frame(self, batch.columns, count: batch.count)
        var columns: [Column] = []
        columns.reserveCapacity(roots.count)
        for root in roots {
            let column = try frame.value(root.id).column(count: batch.count)
            columns.append(column.type == root.type ? column : column.retyped(root.type))
        }
        return columns
    }

    /// The rows for which the first expression, a predicate, is TRUE.
    package func select(_ batch: RecordBatch) throws(ExpressionError) -> Bitmap {
        precondition(!roots.isEmpty, "a filter needs a predicate")
        environment.startBatch()
        let frame = Frame(self, batch.columns, count: batch.count)
        return Truth(try frame.value(roots[0].id), count: batch.count).bits
    }

    func failure(_ failure: RowFailure, _ node: Node) -> ExpressionError {
        ExpressionError(
            reason: failure.reason,
            expression: node.expression.description(inputNames: inputNames),
            destination: destination
        )
    }
}
