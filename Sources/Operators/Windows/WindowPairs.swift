import Columnar
import Expressions
import JobGraph

/// Forms and sends the pairs of one window, and the padded rows of outer joins.
struct WindowPairs: ~Copyable {
    private let left: RecordBatch
    private let right: RecordBatch
    private let kind: JoinKind
    private let types: [[DataType]]
    private var leftRows = GrowingValues<Int32>()
    private var rightRows = GrowingValues<Int32>()
    private var leftMatched: [Bool]
    private var rightMatched: [Bool]

    init(left: RecordBatch, right: RecordBatch, kind: JoinKind, types: [[DataType]]) {
        self.left = left
        self.right = right
        self.kind = kind
        self.types = types
        leftMatched = Array(repeating: false, count: left.count)
        rightMatched = Array(repeating: false, count: right.count)
    }

    /// The number of pairs that wait to be sent.
    var pending: Int { leftRows.count }

    mutating func add(_ row: Int, _ candidates: FixedValues<Int32>) {
        leftRows.append(repeating: Int32(row), times: candidates.count)
        rightRows.append(contentsOf: candidates.span)
    }

    /// Sends the pairs that pass the condition.
    mutating func flush(
        _ condition: ExpressionProgram?,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        guard pending > 0 else { return }
        let leftPositions = FixedValues<Int32>.copy(leftRows.span)
        let rightPositions = FixedValues<Int32>.copy(rightRows.span)
        leftRows = GrowingValues()
        rightRows = GrowingValues()
        let pairs = joined(leftPositions, rightPositions)
        var matches: Bitmap?
        do throws(ExpressionError) {
            matches = try condition?.select(pairs)
        } catch {
            throw OperatorError(error)
        }
        for pair in 0..<pairs.count where matches.map({ $0[pair] }) ?? true {
            leftMatched[Int(leftPositions[pair])] = true
            rightMatched[Int(rightPositions[pair])] = true
        }
        try output.emit(matches.map { pairs.filter($0) } ?? pairs)
    }

    /// Sends the rows that found no partner, padded with NULL.
    func finish(_ output: any OperatorOutput) throws(OperatorError) {
        if kind.keepsLeft {
            let rows = leftMatched.indices.filter { !leftMatched[$0] }.map { Int32($0) }
            try output.emit(
                joined(FixedValues(rows), FixedValues(repeating: -1, count: rows.count))
            )
        }
        if kind.keepsRight {
            let rows = rightMatched.indices.filter { !rightMatched[$0] }.map { Int32($0) }
            try output.emit(
                joined(FixedValues(repeating: -1, count: rows.count), FixedValues(rows))
            )
        }
    }

    private func joined(
        _ leftPositions: FixedValues<Int32>,
        _ rightPositions: FixedValues<Int32>
    ) -> RecordBatch {
        let columns =
            left.columns.map { $0.gather(leftPositions) }
            + right.columns.map { $0.gather(rightPositions) }
        return RecordBatch(columns, count: leftPositions.count)
    }
}

extension FixedValues {
    /// A run of its own with the given values.
    static func copy(_ span: Span<Element>) -> FixedValues<Element> {
        var values = GrowingValues<Element>(reserving: span.count)
        values.append(contentsOf: span)
        return values.finish()
    }
}
