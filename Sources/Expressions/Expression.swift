package import Columnar

/// A typed expression over the columns of a batch; names and coercions are resolved.
///
/// It is data: the planner makes it, the job graph carries it, `ExpressionProgram` runs it.
package indirect enum Expression: Hashable, Sendable {
    /// A column of the input, by position.
    case column(index: Int, type: DataType)
    case literal(ScalarValue, DataType)
    /// An operator or a function of the catalogue, with arguments already of the types it takes.
    case call(function: String, arguments: [Expression], type: DataType)
    /// A conversion.
    case cast(Expression, to: DataType, mode: CastMode)

    /// The type of the value.
    package var type: DataType {
        switch self {
        case .column(_, let type), .literal(_, let type), .call(_, _, let type),
            .cast(_, let type, _):
            type
        }
    }
}

/// What a conversion does with a value that does not fit.
package enum CastMode: String, Hashable, Sendable, Codable {
    /// `CAST`: the job fails with Flink's message.
    case strict
    /// `TRY_CAST`: the result is NULL.
    case `try`
}
