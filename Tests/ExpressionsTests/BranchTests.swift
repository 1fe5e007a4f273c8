import Columnar
import Core
import Expressions
import Testing

/// CASE, COALESCE and `||` where columns, constants and NULLs meet.
@Suite struct BranchTests {
    private let numbers = Expression.column(index: 0, type: .bigint)
    private let words = Expression.column(index: 1, type: .string)

    /// Five rows: NULLs in both columns, an empty text, a text beyond ASCII.
    private let batch = RecordBatch(
        [
            Column.fromScalars([.int(1), .null, .int(3), .null, .int(-5)], .bigint),
            Column.fromScalars(
                [.text("one"), .text("two"), .null, .null, .text("fünf")],
                .string
            ),
        ],
        count: 5
    )

    private func call(_ name: String, _ arguments: Expression...) throws -> Expression {
        try FunctionCatalogue.standard.call(name, arguments)
    }

    private func int(_ value: Int64) -> Expression { .literal(.int(value), .bigint.notNull) }

    private func text(_ value: String) -> Expression {
        .literal(.text(value), .string.notNull)
    }

    private func texts(_ expression: Expression) throws -> [String?] {
        let column = try ExpressionProgram([expression]).evaluate(batch)[0]
        return (0..<column.count).map { row in
            column.isNull(row) ? nil : column.byteStrings.string(row)
        }
    }

    private func integers(_ expression: Expression) throws -> [Int64?] {
        let column = try ExpressionProgram([expression]).evaluate(batch)[0]
        return (0..<column.count).map { column.isNull($0) ? nil : column.int64s[$0] }
    }

    @Test func `COALESCE takes the first value that is not NULL`() throws {
        #expect(try integers(call("COALESCE", numbers, int(0))) == [1, 0, 3, 0, -5])
        #expect(
            try texts(call("COALESCE", words, text(""))) == ["one", "two", "", "", "fünf"]
        )
    }

    @Test func `CASE keeps the NULLs of the branch that a row takes`() throws {
        let isPositive = try call(">", numbers, int(0))
        let null = Expression.literal(.null, .string)
        #expect(
            try texts(call("CASE", isPositive, words, text("else")))
                == ["one", "else", nil, "else", "else"]
        )
        #expect(
            try texts(call("CASE", isPositive, null, words)) == [nil, "two", nil, nil, "fünf"]
        )
        #expect(
            try integers(call("CASE", isPositive, int(9), numbers)) == [9, nil, 9, nil, -5]
        )
    }

    @Test func `concatenation joins columns and constants on either side`() throws {
        #expect(
            try texts(call("||", text("<"), call("||", words, text(">"))))
                == ["<one>", "<two>", nil, nil, "<fünf>"]
        )
        #expect(
            try texts(call("||", words, words)) == ["oneone", "twotwo", nil, nil, "fünffünf"]
        )
        #expect(
            try texts(call("CONCAT", words, text("-"), words))
                == ["one-one", "two-two", nil, nil, "fünf-fünf"]
        )
    }
}
