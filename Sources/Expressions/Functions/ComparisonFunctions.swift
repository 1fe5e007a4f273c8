import Columnar

/// Comparisons, IS NULL, IS DISTINCT FROM, BETWEEN and IN.
enum ComparisonFunctions {
    static let entries: [FunctionEntry] =
        ComparisonKernels.Operation.allCases.map { comparison($0) } + nullTests + distinct
        + ranges

    private static func comparison(_ operation: ComparisonKernels.Operation) -> FunctionEntry {
        .strict(
            [operation.rawValue],
            OperandRule(.infix) { (site: CallSite) throws(BindError) -> [DataType] in
                try ComparisonTypes.check(site, operation)
            },
            .boolean
        ) { request in
            if ComparisonTypes.neverEqual(request.type(0).kind, request.type(1).kind) {
                return { input in
                    let bits = Bitmap(repeating: operation == .notEqual, count: input.count)
                    return input.result(request.result, bits)
                }
            }
            return ComparisonKernels.make(operation, request)
        }
    }

    private static let nullTests: [FunctionEntry] = [
        nullTest("IS NULL", isNegated: false),
        nullTest("IS NOT NULL", isNegated: true),
    ]

    private static func nullTest(_ name: String, isNegated: Bool) -> FunctionEntry {
        .general(
            [name],
            .signatures(.postfix, [.any]),
            .type(.boolean, .never)
        ) { request in
            let type = request.result
            return { input in
                let valid =
                    switch input.operands[0] {
                    case .column(let column): column.fullValidity
                    case .constant(let value, _):
                        Bitmap(repeating: value != .null, count: input.count)
                    }
                return .column(Column(type, isNegated ? valid : valid.not()))
            }
        }
    }

    private static let distinct: [FunctionEntry] = [
        distinctness("IS DISTINCT FROM", isNegated: false),
        distinctness("IS NOT DISTINCT FROM", isNegated: true),
    ]

    private static func distinctness(_ name: String, isNegated: Bool) -> FunctionEntry {
        .general(
            [name],
            OperandRule(.infix) { (site: CallSite) throws(BindError) -> [DataType] in
                try ComparisonTypes.check(site, .equal)
            },
            .type(.boolean, .never)
        ) { request in
            let equal = request.strict(ComparisonKernels.make(.equal, request))
            let type = request.result
            return { (input: KernelInput) throws(RowFailure) -> Operand in
                let same = Truth(try equal(input), count: input.count).bits
                let left = input.operands[0].column(count: input.count).fullValidity
                let right = input.operands[1].column(count: input.count).fullValidity
                let bothNull = left.or(right).not()
                let equalOrNull = same.or(bothNull)
                return .column(Column(type, isNegated ? equalOrNull : equalOrNull.not()))
            }
        }
    }

    private static let ranges: [FunctionEntry] = [
        between("BETWEEN", isNegated: false, isSymmetric: false),
        between("NOT BETWEEN", isNegated: true, isSymmetric: false),
        between("BETWEEN SYMMETRIC", isNegated: false, isSymmetric: true),
        between("NOT BETWEEN SYMMETRIC", isNegated: true, isSymmetric: true),
        membership("IN", isNegated: false),
        membership("NOT IN", isNegated: true),
    ]

    private static func between(
        _ name: String,
        isNegated: Bool,
        isSymmetric: Bool
    ) -> FunctionEntry {
        .rewrite([name], .signatures(.function, [.any, .any, .any]), .boolean) {
            (arguments: [Expression], _: DataType) throws(BindError) -> Expression in
            let value = arguments[0]
            func inside(_ low: Expression, _ high: Expression) throws(BindError) -> Expression {
                let above = try FunctionCatalogue.standard.call(">=", [value, low])
                let below = try FunctionCatalogue.standard.call("<=", [value, high])
                return try FunctionCatalogue.standard.call("AND", [above, below])
            }
            var result = try inside(arguments[1], arguments[2])
            if isSymmetric {
                let mirrored = try inside(arguments[2], arguments[1])
                result = try FunctionCatalogue.standard.call("OR", [result, mirrored])
            }
            return isNegated ? try FunctionCatalogue.standard.call("NOT", [result]) : result
        }
    }

    /// `IN` with a list: the value is compared with each member, converted to the value's type.
    private static func membership(_ name: String, isNegated: Bool) -> FunctionEntry {
        .rewrite([name], ComparisonTypes.membership, .boolean) {
            (arguments: [Expression], _: DataType) throws(BindError) -> Expression in
            let value = arguments[0]
            var terms: [Expression] = []
            for member in arguments.dropFirst() {
                let converted = ComparisonTypes.member(member, of: value)
                terms.append(
                    try FunctionCatalogue.standard.call(isNegated ? "<>" : "=", [value, converted])
                )
            }
            if terms.count == 1 { return terms[0] }
            return try FunctionCatalogue.standard.call(isNegated ? "AND" : "OR", terms)
        }
    }
}
