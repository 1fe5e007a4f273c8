import Columnar

/// The values of a program's nodes for one batch, or for a part of its rows.
///
/// Nodes are computed when they are asked for, once. A branch that can fail is computed in a
/// frame of its own that holds only the rows which reach it.
final class Frame {
    private let program: ExpressionProgram
    private let source: Source
    let count: Int
    private var values: [Operand?]

    private enum Source {
        case batch([Column])
        case subset(Frame, FixedValues<Int32>)
    }

    init(_ program: ExpressionProgram, _ columns: [Column], count: Int) {
        self.program = program
        source = .batch(columns)
        self.count = count
        values = Array(repeating: nil, count: program.nodes.count)
    }

    private init(_ parent: Frame, _ positions: FixedValues<Int32>) {
        program = parent.program
        source = .subset(parent, positions)
        count = positions.count
        values = Array(repeating: nil, count: parent.values.count)
    }

    /// The value of a node.
    func value(_ id: Int) throws(ExpressionError) -> Operand {
        if let value = values[id] { return value }
        let node = program.nodes[id]
        if let value = inherited(id) {
            values[id] = value
            return value
        }
        let value = try compute(node)
        values[id] = value
        return value
    }

    /// What the frame around this one has computed already.
    private func inherited(_ id: Int) -> Operand? {
        guard case .subset(let parent, let positions) = source, let value = parent.values[id]
        else { return nil }
        return value.gather(positions)
    }

    private func compute(_ node: Node) throws(ExpressionError) -> Operand {
        switch node.operation {
        case .column(let index): return try column(index, node)
        case .constant(let value): return .constant(value, node.type)
        case .kernel(let kernel, let arguments): return try call(kernel, arguments, node)
        case .and(let terms): return try conjunction(terms, node.type)
        case .or(let terms): return try disjunction(terms, node.type)
        case .choose(let conditions, let values):
            return try choose(conditions, values, node.type)
        case .coalesce(let terms): return try coalesce(terms, node.type)
        }
    }

    private func column(_ index: Int, _ node: Node) throws(ExpressionError) -> Operand {
        switch source {
        case .batch(let columns):
            precondition(index < columns.count, "the batch has no column \(index)")
            return .column(columns[index])
        case .subset(let parent, let positions):
            return try parent.column(index, node).gather(positions)
        }
    }

    private func call(
        _ kernel: Kernel,
        _ arguments: [Int],
        _ node: Node
    ) throws(ExpressionError) -> Operand {
        if count == 0 { return .column(.empty(node.type)) }
        var operands: [Operand] = []
        operands.reserveCapacity(arguments.count)
        var areConstant = true
        for argument in arguments {
            let operand = try value(argument)
            operands.append(operand)
            areConstant = areConstant && operand.isConstant
        }
        do {
            guard areConstant, !operands.isEmpty else {
                return try kernel(input(operands, count))
            }
            operands[0] = .column(operands[0].column(count: 1))
            let result = try kernel(input(operands, 1))
            return .constant(result.column(count: 1).scalar(0), node.type)
        } catch {
            throw program.failure(error, node)
        }
    }

    private func input(_ operands: [Operand], _ count: Int) -> KernelInput {
        KernelInput(operands: operands, count: count, environment: program.environment)
    }

    /// A node's truth for the rows of a mask; others may be anything.
    private func truth(_ id: Int, for rows: Bitmap?) throws(ExpressionError) -> Truth {
        guard let rows, program.nodes[id].canFail, !rows.isAllOnes else {
            return Truth(try value(id), count: count)
        }
        let positions = rows.positionsOfOnes()
        let part = Frame(self, positions)
        return Truth(try part.value(id), count: part.count).scattered(positions, count: count)
    }

    private func conjunction(
        _ terms: [Int],
        _ type: DataType
    ) throws(ExpressionError) -> Operand {
        var result = Truth(try value(terms[0]), count: count)
        for term in terms.dropFirst() {
            let reached = program.nodes[term].canFail ? result.isFalse.not() : nil
            if let reached, reached.isAllZeros { break }
            let next = try truth(term, for: reached)
            result = result.and(next)
        }
        return .column(result.column(type))
    }

    private func disjunction(
        _ terms: [Int],
        _ type: DataType
    ) throws(ExpressionError) -> Operand {
        var result = Truth(try value(terms[0]), count: count)
        for term in terms.dropFirst() {
            let reached = program.nodes[term].canFail ? result.bits.not() : nil
            if let reached, reached.isAllZeros { break }
            let next = try truth(term, for: reached)
            result = result.or(next)
        }
        return .column(result.column(type))
    }
}

// CASE and COALESCE.
extension Frame {
    private func choose(
        _ conditions: [Int],
        _ branches: [Int],
        _ type: DataType
    ) throws(ExpressionError) -> Operand {
        var selector = FixedBuilder<UInt16>(count: count)
        selector.fill(with: UInt16(conditions.count))
        var remaining = Bitmap(repeating: true, count: count)
        var masks: [Bitmap] = []
        for (index, condition) in conditions.enumerated() {
            let hits = try truth(condition, for: remaining).bits.and(remaining)
            masks.append(hits)
            remaining = remaining.andNot(hits)
            mark(&selector, hits, UInt16(index))
            if remaining.isAllZeros { break }
        }
        while masks.count < conditions.count {
            masks.append(Bitmap(repeating: false, count: count))
        }
        masks.append(remaining)
        var operands: [Operand] = []
        for (branch, mask) in zip(branches, masks) {
            operands.append(try branchValue(branch, mask))
        }
        return blend(operands, masks, selector.finish(), type)
    }

    private func mark(_ selector: inout FixedBuilder<UInt16>, _ rows: Bitmap, _ branch: UInt16) {
        let words = rows.words.span
        var output = selector.span
        for index in words.indices where words[index] != 0 {
            var word = words[index]
            while word != 0 {
                output[index &<< 6 &+ word.trailingZeroBitCount] = branch
                word &= word &- 1
            }
        }
    }

    /// A branch's values for the rows of a mask; NULL or anything for the others.
    private func branchValue(_ id: Int, _ mask: Bitmap) throws(ExpressionError) -> Operand {
        if mask.isAllZeros { return Blend.nothing }
        guard program.nodes[id].canFail, !mask.isAllOnes else { return try value(id) }
        let positions = mask.positionsOfOnes()
        let part = Frame(self, positions)
        switch try part.value(id) {
        case .constant(let value, let type): return .constant(value, type)
        case .column(let column):
            return .column(column.gather(inverse(positions)))
        }
    }

    /// For each row its position among the given ones, or -1.
    private func inverse(_ positions: FixedValues<Int32>) -> FixedValues<Int32> {
        var result = FixedBuilder<Int32>(count: count)
        result.fill(with: -1)
        let positions = positions.span
        do {
            var output = result.span
            for index in positions.indices {
                output[Int(positions[index])] = Int32(truncatingIfNeeded: index)
            }
        }
        return result.finish()
    }

    private func blend(
        _ operands: [Operand],
        _ masks: [Bitmap],
        _ selector: FixedValues<UInt16>,
        _ type: DataType
    ) -> Operand {
        if let all = masks.firstIndex(where: \.isAllOnes), count > 0 {
            return operands[all].retypedOrNull(type)
        }
        return .column(Blend.blend(operands, selector, type))
    }

    private func coalesce(
        _ terms: [Int],
        _ type: DataType
    ) throws(ExpressionError) -> Operand {
        var selector = FixedBuilder<UInt16>(count: count)
        selector.fill(with: UInt16(terms.count))
        var remaining = Bitmap(repeating: true, count: count)
        var operands: [Operand] = []
        var masks: [Bitmap] = []
        for (index, term) in terms.enumerated() {
            let operand = try branchValue(term, remaining)
            let present = remaining.and(validRows(operand))
            operands.append(operand)
            masks.append(present)
            mark(&selector, present, UInt16(index))
            remaining = remaining.andNot(present)
            if remaining.isAllZeros { break }
        }
        while operands.count < terms.count {
            operands.append(Blend.nothing)
            masks.append(Bitmap(repeating: false, count: count))
        }
        operands.append(Blend.nothing)
        masks.append(remaining)
        return blend(operands, masks, selector.finish(), type)
    }

    private func validRows(_ operand: Operand) -> Bitmap {
        switch operand {
        case .constant(let value, _): Bitmap(repeating: value != .null, count: count)
        case .column(let column): column.fullValidity
        }
    }
}

extension Operand {
    /// The operand under another type; an untyped NULL stays a NULL.
    fileprivate func retypedOrNull(_ type: DataType) -> Operand {
        switch self {
        case .constant(let value, _): .constant(value, type)
        case .column(let column): .column(column.retyped(type))
        }
    }
}
