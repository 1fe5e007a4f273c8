import Columnar
import Core

/// What a kernel is given for each batch.
struct KernelInput {
    let operands: [Operand]
    /// The number of rows.
    let count: Int
    let environment: BatchEnvironment
}

/// Computes one call for all rows of a batch; made once for each call of a program.
///
/// At least one operand is a column, unless the call has no operand.
typealias Kernel = (_ input: KernelInput) throws(RowFailure) -> Operand

/// A kernel for which a NULL in any operand makes the row NULL.
///
/// The values under a NULL may be anything, but must not fail.
typealias StrictKernel = (_ input: StrictInput) throws(RowFailure) -> Column

/// What a strict kernel is given: no operand is a constant NULL or a column of NULLs only.
struct StrictInput {
    let operands: [Operand]
    let count: Int
    /// The rows in which no operand is NULL; nil when that is all of them.
    let validity: Bitmap?
    let environment: BatchEnvironment

    /// Whether the row has no NULL; for cold code.
    func isValid(_ row: Int) -> Bool { validity?[row] ?? true }

    /// The operand's values as a column, constants expanded.
    func column(_ index: Int) -> Column { operands[index].column(count: count) }

    /// The operand's texts, constants expanded.
    func texts(_ index: Int) -> BytesValues { column(index).byteStrings }

    /// The operand as values of a known width.
    func fixed<Element: FixedLayout>(_ index: Int, _: Element.Type) -> FixedOperand<Element> {
        FixedOperand(operands[index])
    }
}

/// What is the same for all rows of a batch, and the program's random numbers.
final class BatchEnvironment {
    let context: EvaluationContext
    /// The time at the start of the batch, in microseconds since 1970-01-01T00:00:00Z.
    private(set) var nowMicroseconds: Int64
    var generator: SplitMix64

    init(_ context: EvaluationContext) {
        self.context = context
        nowMicroseconds = context.time.nowMicroseconds
        var system = SystemRandomNumberGenerator()
        generator = SplitMix64(seed: context.randomSeed ?? system.next())
    }

    func startBatch() {
        nowMicroseconds = context.time.nowMicroseconds
    }
}

/// What a kernel is made from: the types of a call, its literals and the session.
struct KernelRequest {
    let function: String
    let arguments: [BoundArgument]
    let result: DataType
    let context: EvaluationContext

    func type(_ index: Int) -> DataType { arguments[index].type }

    /// The literal text of an argument; nil when it is NULL or not a literal.
    func text(_ index: Int) -> String? {
        guard index < arguments.count, case .bytes(let bytes)? = arguments[index].literal else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The literal integer of an argument; nil when it is NULL or not a literal.
    func integer(_ index: Int) -> Int64? {
        guard index < arguments.count, let literal = arguments[index].literal, literal != .null
        else { return nil }
        return literal.integer
    }
}

extension KernelRequest {
    /// Wraps a strict kernel: NULLs in, NULL out, without calling it where all is NULL.
    func strict(_ body: @escaping StrictKernel) -> Kernel {
        let type = result
        return { (input: KernelInput) throws(RowFailure) -> Operand in
            var validity: Bitmap?
            for operand in input.operands {
                if operand.isAllNull { return .constant(.null, type) }
                validity = Bitmap.both(validity, operand.validity)
            }
            let column = try body(
                StrictInput(
                    operands: input.operands,
                    count: input.count,
                    validity: validity,
                    environment: input.environment
                )
            )
            return .column(column)
        }
    }
}

extension StrictInput {
    /// A column of the result with the validity of the operands.
    func result<Element: FixedLayout>(
        _ type: DataType,
        _ values: FixedValues<Element>
    ) -> Column {
        Element.column(type, values, validity: validity)
    }

    func result(_ type: DataType, _ values: Bitmap) -> Column {
        Column(type, values, validity: validity)
    }
}
