package import Core
package import Expressions
package import KeyedState

/// What an operator is built with, beside its specification.
package struct OperatorContext {
    /// The operator's keyed state; present for every node that declares any.
    package let store: StateStore?
    package let evaluation: EvaluationContext
    package let metrics: OperatorMetrics
    package let time: any TimeSource
    package let batchRows: Int
    package let watermarkIntervalMilliseconds: Int64
    /// The small states that all former instances gave to the restored checkpoint.
    package let restored: [[UInt8]]
    /// The columns of all inputs, one input after the other, for messages.
    package let inputNames: [String]
    /// The tables that the operator's rows go to in the end, for messages.
    package let destination: String

    package init(
        store: StateStore?,
        evaluation: EvaluationContext,
        metrics: OperatorMetrics,
        time: any TimeSource,
        batchRows: Int,
        watermarkIntervalMilliseconds: Int64,
        restored: [[UInt8]],
        inputNames: [String] = [],
        destination: String = ""
    ) {
        self.inputNames = inputNames
        self.destination = destination
        self.store = store
        self.evaluation = evaluation
        self.metrics = metrics
        self.time = time
        self.batchRows = batchRows
        self.watermarkIntervalMilliseconds = watermarkIntervalMilliseconds
        self.restored = restored
    }

    /// Expressions ready to be computed.
    func program(_ expressions: [Expression]) throws(OperatorError) -> ExpressionProgram {
        do throws(ExpressionError) {
            return try ExpressionProgram(
                expressions,
                context: evaluation,
                inputNames: inputNames,
                destination: destination
            )
        } catch {
            throw OperatorError(error)
        }
    }

    var keyedState: StateStore {
        guard let store else { preconditionFailure("the operator declares no keyed state") }
        return store
    }
}

/// Turns failures of state and expressions into the operator's.
enum StateAccess {
    static func run<Result>(
        _ body: () throws(StateError) -> Result
    ) throws(OperatorError) -> Result {
        do {
            return try body()
        } catch {
            throw OperatorError(error)
        }
    }

    /// Reads a window; what the reader of its rows throws is passed on.
    static func drain(_ body: () throws -> Void) throws(OperatorError) {
        do {
            try body()
        } catch let error as OperatorError {
            throw error
        } catch let error as StateError {
            throw OperatorError(error)
        } catch {
            throw OperatorError(blame: .engine, "\(error)")
        }
    }
}
