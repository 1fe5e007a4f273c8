import Columnar
import Formats
import Testing

@Suite struct CSVFuzzTests {
    private static let columns: [(String, DataType)] = [
        ("id", .integer), ("name", .string), ("price", .decimal(10, 2)),
        ("at", .timestamp(3)), ("tags", .array(.string)),
    ]

    private static let text = """
        1,apple,1.50,2024-03-01 10:00:00,a;b
        # a comment, perhaps
        2,"two, ""words""\nand lines",2,2024-03-01 10:00:00.5,"x;y"\r
        3,\\"esc\\,aped,-.5,2024-03-01 00:00:00,

        "4" ,"",1e3,2024-12-31 23:59:59.999,;\r5,é🎉,0,2024-03-01 10:00:00,z

        """

    private static let pieces = ["\"", "\"\"", ",", "\n", "\r\n", "\r", "\\", "#", ";", " ", "\t"]

    private static let settings: [[String: String]] = [
        [:], ["escape-character": "\\"], ["allow-comments": "true", "null-literal": ""],
        ["ignore-parse-errors": "true", "escape-character": "\\"],
        ["disable-quote-character": "true"],
    ]

    /// Rows and failures of bytes that come in two pieces.
    private func decoded(_ bytes: [UInt8], cut: Int, _ decoding: Decoding) throws -> [String] {
        let errors = CollectedRecords()
        let decoder = try decoding.decoder(errors)
        let block = ByteBlock(capacity: 16)
        var rows: [String] = []
        for (piece, isLast) in [(bytes[..<cut], false), (bytes[cut...], true)] {
            block.append(Array(piece).span)
            var progress = LineProgress.rowLimitReached
            while progress == .rowLimitReached {
                progress = try decoder.decodeLines(
                    of: block,
                    LineRange(rowLimit: 2, isAtEnd: isLast)
                )
                rows += decoder.finishBatch().printedRows
            }
        }
        #expect(block.unreadCount == 0 && block.position == Int64(bytes.count))
        return rows + errors.records.map { "\($0)" } + ["\(decoder.statistics)"]
    }

    @Test(arguments: settings)
    func `bytes cut anywhere give the same rows`(_ options: [String: String]) throws {
        let decoding = CSVDecodingTests.decoding(Self.columns, options)
        let bytes = Array(Self.text.utf8)
        let whole = try decoded(bytes, cut: 0, decoding)
        for cut in 0...bytes.count {
            try #require(try decoded(bytes, cut: cut, decoding) == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: settings)
    func `damaged bytes give rows or errors, wherever they are cut`(
        _ options: [String: String]
    ) throws {
        let decoding = CSVDecodingTests.decoding(Self.columns, options)
        var mutator = SeededMutator(seed: 7)
        for _ in 0..<2000 {
            let bytes = mutator.mutate(Array(Self.text.utf8), Self.pieces)
            let cut = Int.random(in: 0...bytes.count, using: &mutator)
            let whole = try decoded(bytes, cut: 0, decoding)
            try #require(
                try decoded(bytes, cut: cut, decoding) == whole,
                "cut at \(cut): \(String(decoding: bytes, as: UTF8.self))"
            )
        }
    }
}
