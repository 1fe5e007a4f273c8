import Columnar

/// CASE, IF, COALESCE, IFNULL, NULLIF, GREATEST and LEAST.
enum ConditionalFunctions {
    static let entries: [FunctionEntry] = [
        FunctionEntry(
            names: ["CASE"],
            operands: ConditionalTypes.caseOperands,
            result: ConditionalTypes.caseResult,
            body: .control(.choose)
        ),
        FunctionEntry(
            names: ["IF"],
            operands: ConditionalTypes.ifOperands,
            result: ConditionalTypes.ifResult,
            body: .control(.choose)
        ),
        coalesce("COALESCE", ConditionalTypes.coalesceOperands),
        coalesce("IFNULL", ConditionalTypes.ifNullOperands),
        .rewrite(["NULLIF"], ConditionalTypes.nullIfOperands, .argument(0, .always)) {
            (arguments: [Expression], type: DataType) throws(BindError) -> Expression in
            let isEqual = try FunctionCatalogue.standard.call("=", arguments)
            return .call(
                function: "CASE",
                arguments: [isEqual, .literal(.null, type), arguments[0]],
                type: type
            )
        },
        extreme("GREATEST", .greater),
        extreme("LEAST", .less),
    ]

    private static func coalesce(_ name: String, _ operands: OperandRule) -> FunctionEntry {
        FunctionEntry(
            names: [name],
            operands: operands,
            result: ConditionalTypes.coalesceResult,
            body: .control(.coalesce)
        )
    }

    /// GREATEST and LEAST are NULL when an argument is.
    private static func extreme(
        _ name: String,
        _ operation: ComparisonKernels.Operation
    ) -> FunctionEntry {
        .strict([name], ConditionalTypes.extremeOperands, ConditionalTypes.extremeResult) {
            request in
            let pair = KernelRequest(
                function: operation.rawValue,
                arguments: Array(
                    repeating: BoundArgument(request.result.notNull),
                    count: 2
                ),
                result: DataType(.boolean, isNullable: false),
                context: request.context
            )
            let compare = ComparisonKernels.make(operation, pair)
            return { (input: StrictInput) throws(RowFailure) -> Column in
                var best = input.column(0).withValidity(nil).retyped(request.result)
                for index in 1..<input.operands.count {
                    let next = input.column(index).withValidity(nil).retyped(request.result)
                    let isBetter = try compare(
                        StrictInput(
                            operands: [.column(next), .column(best)],
                            count: input.count,
                            validity: nil,
                            environment: input.environment
                        )
                    ).bits
                    var selector = FixedBuilder<UInt16>(count: input.count)
                    for row in 0..<input.count { selector[row] = isBetter[row] ? 1 : 0 }
                    best = Blend.blend(
                        [.column(best), .column(next)],
                        selector.finish(),
                        request.result
                    )
                }
                return best.withValidity(input.validity)
            }
        }
    }
}
