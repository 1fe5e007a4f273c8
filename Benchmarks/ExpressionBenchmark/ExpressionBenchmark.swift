import BenchmarkKit
import Columnar
import Expressions

/// Nanoseconds a row of expressions over batches of 4,096 rows, columns in and columns out.
///
/// `ExpressionBenchmark [WORD…]`: all of them, or those that contain one of the words.
@main struct ExpressionBenchmark {
    private static let batchRows = 4096
    private static let rounds = 500

    static func main() throws {
        Report.begin("Expressions, batches of \(batchRows) rows")
        let batch = batch()
        for (name, expression) in try cases() {
            let program = try ExpressionProgram([expression])
            try report(name) { _ = try program.evaluate(batch) }
        }
        let predicate = try call("AND", call(">", price, int(500_000)), call("<", auction, int(70)))
        let filter = try ExpressionProgram([predicate])
        try report("WHERE price > 500000 AND auction < 70") {
            _ = batch.filter(try filter.select(batch))
        }
    }

    /// Runs it often and prints the median.
    private static func report(_ name: String, _ body: () throws -> Void) throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.isEmpty || words.contains(where: { name.contains($0) }) else { return }
        var values: [Double] = []
        for _ in 0..<7 {
            let meter = Meter()
            for _ in 0..<rounds { try body() }
            values.append(meter.thread * 1e9 / Double(rounds * batchRows))
        }
        Report.line(name, medianOf: values, "ns/row")
    }

    private static let auction = Expression.column(index: 0, type: .bigint)
    private static let price = Expression.column(index: 1, type: .bigint.notNull)
    private static let rate = Expression.column(index: 2, type: .double.notNull)
    private static let amount = Expression.column(index: 3, type: .decimal(12, 2))
    private static let channel = Expression.column(index: 4, type: .string.notNull)
    private static let at = Expression.column(index: 5, type: .timestamp(3))
    private static let digits = Expression.column(index: 6, type: .string.notNull)

    private static func int(_ value: Int64) -> Expression {
        .literal(.int(value), .bigint.notNull)
    }

    private static func text(_ value: String) -> Expression {
        .literal(.text(value), .string.notNull)
    }

    private static func call(_ name: String, _ arguments: Expression...) throws -> Expression {
        try FunctionCatalogue.standard.call(name, arguments)
    }

    private static func cases() throws -> [(String, Expression)] {
        [
            ("price + auction", try call("+", price, auction)),
            ("price * 3 - auction", try call("-", call("*", price, int(3)), auction)),
            ("price / 7", try call("/", price, int(7))),
            ("rate * rate", try call("*", rate, rate)),
            ("amount * amount (DECIMAL(12, 2))", try call("*", amount, amount)),
            ("amount / amount (DECIMAL(12, 2))", try call("/", amount, amount)),
            ("price > 500000", try call(">", price, int(500_000))),
            ("channel = 'apple'", try call("=", channel, text("apple"))),
            (
                "CASE WHEN … THEN … WHEN … ELSE …",
                try call(
                    "CASE",
                    call("<", price, int(10_000)),
                    text("low"),
                    call("<", price, int(1_000_000)),
                    text("middle"),
                    text("high")
                )
            ),
            ("channel LIKE 'ba%'", try call("LIKE", channel, text("ba%"))),
            ("channel LIKE '%oo%e'", try call("LIKE", channel, text("%oo%e"))),
            ("UPPER(channel)", try call("UPPER", channel)),
            ("channel || '/' || digits", try call("||", call("||", channel, text("/")), digits)),
            ("CAST(price AS STRING)", .cast(price, to: .string, mode: .strict)),
            ("CAST(digits AS BIGINT)", .cast(digits, to: .bigint, mode: .strict)),
            ("CAST(price AS DOUBLE)", .cast(price, to: .double, mode: .strict)),
            ("CAST(at AS STRING)", .cast(at, to: .string, mode: .strict)),
            ("COALESCE(auction, 0)", try call("COALESCE", auction, int(0))),
            (
                "DATE_FORMAT(at, 'yyyy-MM-dd HH:mm')",
                try call("DATE_FORMAT", at, text("yyyy-MM-dd HH:mm"))
            ),
        ]
    }

    /// Seven columns; a tenth of the auctions is NULL.
    private static func batch() -> RecordBatch {
        var random = Numbers(seed: 1)
        let rows = 0..<batchRows
        let prices = rows.map { _ in Int64(random.next(below: 10_000_000)) }
        let channels = ["apple", "google", "facebook", "baidu"]
        let auctions = FixedValues(rows.map { Int64($0 % 140) })
        let present = Bitmap.make(count: batchRows) { $0 % 10 != 3 }
        return RecordBatch(
            [
                Column(.bigint, auctions, validity: present),
                Column(.bigint.notNull, FixedValues(prices)),
                Column(.double.notNull, FixedValues(prices.map { Double($0) * 0.908 })),
                Column(.decimal(12, 2), FixedValues(prices.map { $0 + 1 })),
                Column(.string.notNull, BytesValues(rows.map { channels[$0 % 4] })),
                Column(.timestamp(3), FixedValues(prices.map { 1_795_219_600_000 + $0 })),
                Column(.string.notNull, BytesValues(prices.map { "\($0)" })),
            ],
            count: batchRows
        )
    }
}
