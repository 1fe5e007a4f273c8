import Columnar

/// AND, OR, NOT and the tests of a truth value.
enum LogicFunctions {
    static let entries: [FunctionEntry] = [
        connective("AND", .and), connective("OR", .or),
        .strict(["NOT"], .signatures(.prefix, [.boolean]), .boolean) { request in
            let type = request.result
            return { input in input.result(type, input.column(0).bits.not()) }
        },
        test("IS TRUE") { $0.bits },
        test("IS NOT TRUE") { $0.bits.not() },
        test("IS FALSE") { $0.isFalse },
        test("IS NOT FALSE") { $0.isFalse.not() },
        test("IS UNKNOWN") { $0.bits.or($0.isFalse).not() },
        test("IS NOT UNKNOWN") { $0.bits.or($0.isFalse) },
    ]

    private static func connective(_ name: String, _ form: ControlForm) -> FunctionEntry {
        FunctionEntry(
            names: [name],
            operands: OperandRule(.infix) { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count >= 2 else { throw site.wrongCount(2) }
                let isTruth = site.arguments.allSatisfy {
                    $0.isNullLiteral || $0.type.kind == .boolean
                }
                guard isTruth else { throw site.cannotApply([["BOOLEAN", "BOOLEAN"]]) }
                return site.types.map { DataType(.boolean, isNullable: $0.isNullable) }
            },
            result: .boolean,
            body: .control(form)
        )
    }

    private static func test(
        _ name: String,
        _ body: @escaping @Sendable (Truth) -> Bitmap
    ) -> FunctionEntry {
        .general(
            [name],
            .signatures(.postfix, [.boolean]),
            .type(.boolean, .never)
        ) { request in
            let type = request.result
            return { input in
                .column(Column(type, body(Truth(input.operands[0], count: input.count))))
            }
        }
    }
}
