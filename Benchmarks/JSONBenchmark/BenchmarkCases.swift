import Columnar
import Formats

/// What is measured: the records of the budgets (DESIGN §12).
enum BenchmarkCases {
    static var all: [BenchmarkCase] {
        [
            flat("flat 7 of 7", paths: (0..<7).map { [$0] }),
            flat("flat 2 of 7", paths: [[0], [2]]),
            flat("flat 7 of 7, spaced", paths: (0..<7).map { [$0] }, spaced: true),
            nexmark("nexmark bid: 4 fields", paths: [[0], [3, 0], [3, 2], [3, 5]]),
            nexmark("nexmark bid: all", paths: [[0], [1], [2], [3]]),
            debezium("debezium before + after", paths: (0..<8).map { [$0] }),
            debezium("debezium 2 of 8", paths: [[0], [5]]),
            csv("csv 7 of 7", paths: (0..<7).map { [$0] }),
            csv("csv 2 of 7", paths: [[0], [2]]),
        ]
    }

    private static let recordCount = 40_000

    private static func flat(
        _ name: String,
        paths: [[Int]],
        spaced: Bool = false
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            megabytesPerSecondMin: 1000,
            format: JSONFormat(),
            columns: bidFields.map { TableColumn($0.name, $0.type) },
            paths: paths,
            records: {
                var numbers = SeededNumbers(seed: 1)
                return (0..<recordCount).map { index in
                    bid(&numbers, index, extraLength: 60, spaced: spaced)
                }
            }
        )
    }

    /// The same bids as CSV, with one text in quotes.
    private static func csv(_ name: String, paths: [[Int]]) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            megabytesPerSecondMin: 300,
            format: CSVFormat(),
            columns: bidFields.map { TableColumn($0.name, $0.type) },
            paths: paths,
            records: {
                var numbers = SeededNumbers(seed: 1)
                return (0..<recordCount).map { index in
                    let numbersText = "\(1000 + numbers.next(2000)),\(1000 + numbers.next(1000))"
                    let url = "https://www.nexmark.com/\(numbers.letters(4))/item.htm?query=1"
                    let time = "2024-03-01 10:00:\(10 + index / 10_000).\(100 + index % 900)"
                    let extra = numbers.letters(60)
                    return """
                        \(numbersText),\(100 + numbers.next(10_000_000)),apple,"\(url)",\(time),\(extra)
                        """
                }
            }
        )
    }

    private static func nexmark(_ name: String, paths: [[Int]]) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            megabytesPerSecondMin: 600,
            format: JSONFormat(),
            columns: [
                TableColumn("event_type", .integer),
                TableColumn("person", .row([RowField("id", .bigint), RowField("name", .string)])),
                TableColumn("auction", .row([RowField("id", .bigint)])),
                TableColumn("bid", .row(bidFields)),
            ],
            paths: paths,
            records: {
                var numbers = SeededNumbers(seed: 2)
                return (0..<recordCount).map { index in
                    let bid = bid(&numbers, index, extraLength: 110, spaced: false)
                    return #"{"event_type":2,"person":null,"auction":null,"bid":\#(bid)}"#
                }
            }
        )
    }

    private static func debezium(_ name: String, paths: [[Int]]) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            megabytesPerSecondMin: 600,
            format: DebeziumFormat(),
            options: ["decimal.handling.mode": "precise"],
            columns: [
                TableColumn("txn_id", .bigint), TableColumn("account_number", .string),
                TableColumn("amount", .decimal(10, 2)), TableColumn("currency", .string),
                TableColumn("merchant", .string), TableColumn("status", .string),
                TableColumn("ts", .timestamp(6)), TableColumn("note", .string),
            ],
            paths: paths,
            records: {
                var numbers = SeededNumbers(seed: 3)
                return (0..<recordCount / 2).map { change(&numbers, $0) }
            }
        )
    }

    private static func change(_ numbers: inout SeededNumbers, _ index: Int) -> String {
        let before = transaction(&numbers, index, "PENDING")
        let after = transaction(&numbers, index, "COMPLETED")
        let source = """
            {"version":"3.3.1.Final","connector":"postgresql","name":"srv","ts_ms":1795219600217,\
            "snapshot":"false","db":"bank","schema":"public","table":"transactions",\
            "txId":\(800 + index),"lsn":\(24_613_808 + index * 96),"xmin":null}
            """
        return #"{"before":\#(before),"after":\#(after),"source":\#(source),"#
            + #""transaction":null,"op":"u","ts_ms":1795219600217}"#
    }

    private static func transaction(
        _ numbers: inout SeededNumbers,
        _ index: Int,
        _ status: String
    ) -> String {
        let amount = ["AlQL", "EtaH", "AJY=", "ANw="][index % 4]
        return #"{"txn_id":\#(100_000 + index),"account_number":"A-\#(1000 + numbers.next(9000))","#
            + #""amount":"\#(amount)","currency":"EUR","merchant":"\#(numbers.letters(12))","#
            + #""status":"\#(status)","ts":\#(1_795_219_600_217_000 + index),"#
            + #""note":"\#(numbers.letters(30))"}"#
    }

    static let bidFields = [
        RowField("auction", .bigint), RowField("bidder", .bigint), RowField("price", .bigint),
        RowField("channel", .string), RowField("url", .string),
        RowField("dateTime", .timestamp(3)), RowField("extra", .string),
    ]

    private static func bid(
        _ numbers: inout SeededNumbers,
        _ index: Int,
        extraLength: Int,
        spaced: Bool
    ) -> String {
        let channel = ["apple", "google", "facebook", "baidu"][index % 4]
        let extra = numbers.letters(extraLength)
        let seconds = index / 10_000
        let millis = String(1000 + index % 1000).dropFirst()
        let fields = [
            #""auction":\#(1000 + numbers.next(2000))"#,
            #""bidder":\#(1000 + numbers.next(1000))"#,
            #""price":\#(100 + numbers.next(10_000_000))"#,
            #""channel":"\#(channel)""#,
            #""url":"https://www.nexmark.com/\#(numbers.letters(4))/item.htm?query=1""#,
            #""dateTime":"2024-03-01 10:00:\#(10 + seconds).\#(millis)""#,
            #""extra":"\#(extra)""#,
        ]
        guard spaced else { return "{" + fields.joined(separator: ",") + "}" }
        let spacedFields = fields.map { field in
            let colon = field.firstIndex(of: ":") ?? field.endIndex
            return field[...colon] + " " + field[field.index(after: colon)...]
        }
        return "{" + spacedFields.joined(separator: ", ") + "}"
    }
}

/// The same numbers on every machine.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }

    mutating func letters(_ count: Int) -> String {
        String(
            decoding: (0..<count).map { _ in UInt8(ascii: "a") + UInt8(next(26)) },
            as: UTF8.self
        )
    }
}
