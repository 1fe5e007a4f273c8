import Columnar

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Functions of real numbers; all compute in DOUBLE.
enum MathFunctions {
    static let entries: [FunctionEntry] = unary + binary + constants + random + bases

    private static func real(
        _ name: String,
        _ body: @escaping @Sendable (Double) -> Double
    ) -> FunctionEntry {
        .strict([name], .signatures(.function, [.real]), .double) { request in
            ArithmeticKernels.unary(request.result, body)
        }
    }

    private static let unary: [FunctionEntry] = [
        real("SQRT") { $0.squareRoot() },
        real("EXP") { exp($0) },
        real("LN") { log($0) },
        real("LOG10") { log10($0) },
        real("LOG2") { log($0) / log(2.0) },
        real("SIN") { sin($0) },
        real("COS") { cos($0) },
        real("TAN") { tan($0) },
        real("COT") { 1 / tan($0) },
        real("ASIN") { asin($0) },
        real("ACOS") { acos($0) },
        real("ATAN") { atan($0) },
        real("SINH") { sinh($0) },
        real("COSH") { cosh($0) },
        real("TANH") { tanh($0) },
        real("DEGREES") { $0 * (180.0 / Double.pi) },
        real("RADIANS") { $0 * (Double.pi / 180.0) },
    ]

    private static let binary: [FunctionEntry] = [
        .strict(["POWER"], .signatures(.function, [.real, .real]), .double) { request in
            ArithmeticKernels.binaryReal(request.result) { javaPower($0, $1) }
        },
        .strict(["ATAN2"], .signatures(.function, [.real, .real]), .double) { request in
            ArithmeticKernels.binaryReal(request.result) { atan2($0, $1) }
        },
        .strict(["LOG"], .signatures(.function, [.real], [.real, .real]), .double) { request in
            request.arguments.count == 1
                ? ArithmeticKernels.unary(request.result) { (a: Double) in log(a) }
                : ArithmeticKernels.binaryReal(request.result) { log($1) / log($0) }
        },
    ]

    /// Java differs from C for a base of one and for NaN: the result is NaN.
    private static func javaPower(_ base: Double, _ exponent: Double) -> Double {
        if exponent.isNaN { return .nan }
        if abs(base) == 1, exponent.isInfinite { return .nan }
        return pow(base, exponent)
    }

    private static let constants: [FunctionEntry] = [
        .rewrite(["PI"], .none, .type(.double, .never)) { _, type in
            .literal(.double(Double.pi), type)
        },
        .rewrite(["E"], .none, .type(.double, .never)) { _, type in
            .literal(.double(M_E), type)
        },
    ]

    private static let random: [FunctionEntry] = [
        FunctionEntry(
            names: ["RAND"],
            operands: .signatures(.function, [], [.int]),
            result: .type(.double, .never),
            isDeterministic: false,
            isDynamic: true,
            body: .kernel { request in
                let type = request.result
                return { input in
                    var values = FixedBuilder<Double>(count: input.count)
                    for row in 0..<input.count {
                        values[row] = Double.random(in: 0..<1, using: &input.environment.generator)
                    }
                    return .column(Column(type, values.finish()))
                }
            }
        ),
        FunctionEntry(
            names: ["RAND_INTEGER"],
            operands: .signatures(.function, [.int], [.int, .int]),
            result: .type(.integer, .never),
            failure: .always,
            isDeterministic: false,
            isDynamic: true,
            body: .kernel { request in
                let type = request.result
                return { (input: KernelInput) throws(RowFailure) -> Operand in
                    let bounds = FixedOperand<Int32>(input.operands[input.operands.count - 1])
                    var values = FixedBuilder<Int32>(count: input.count)
                    for row in 0..<input.count {
                        let bound = bounds.value(row)
                        guard bound > 0 else { throw RowFailure("bound must be positive") }
                        values[row] = Int32.random(
                            in: 0..<bound,
                            using: &input.environment.generator
                        )
                    }
                    return .column(Column(type, values.finish()))
                }
            }
        ),
    ]

    private static let bases: [FunctionEntry] = [
        .strict(["BIN"], .signatures(.function, [.long]), .string) { request in
            StringKernels.fromIntegers(request.result) { value in
                String(UInt64(bitPattern: value), radix: 2)
            }
        },
        .strict(["HEX"], .signatures(.function, [.long], [.text]), .string) { request in
            if request.type(0).kind.isInteger {
                return StringKernels.fromIntegers(request.result) { value in
                    String(UInt64(bitPattern: value), radix: 16, uppercase: true)
                }
            }
            return StringKernels.map(request.result) { value, output in
                HexText.write(value, uppercase: true, to: &output)
            }
        },
    ]
}
