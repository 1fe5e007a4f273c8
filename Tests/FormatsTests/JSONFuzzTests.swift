import Columnar
import Formats
import Testing

@Suite struct JSONFuzzTests {
    private static let templates = [
        #"{"i":1,"l":-123456789012,"d":12.34,"b":12345678901234567890.12,"x":1.5e3,"t":"text","#
            + #""ts":"2024-03-01 10:00:00.123","ltz":"2024-03-01 10:00:00Z","day":"2024-02-29","#
            + #""tm":"12:34:56","ok":true,"raw":"AQID","r":{"a":1,"b":{"c":"deep"}},"#
            + #""list":[{"k":"v"},null],"map":{"a":1},"skip":{"x":[1,{"y":null}],"z":"é"}}"#,
        #"{ "i" : "7" , "t" : "esc\u00e9\n\"" , "skip" : [ true, false, null, -0.5e-3 ] }"#,
        #"{"t":{"n":[1.0,"ü"]},"i":null,"r":null,"list":[],"map":{},"d":"1e2","x":"NaN"}"#,
        #"{"list":[{"k":"\ud83d\ude00"}],"ts":"2024-03-01 10:00:00","i":99999999999,"l":1.9}"#,
    ]

    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u12", "\\ud800", " ", "\t", "\r", "\n", "null",
        "true", "0", "-", "1e", ".5", "E+2", "\u{0}", "é", "\"i\":1", "\"t\":\"", "{\"a\":1}",
        "9999999",
    ]

    private static func decoding(_ options: [String: String]) -> Decoding {
        let inner = DataType.row([RowField("c", .string)])
        return Decoding(
            [
                ("i", .integer), ("l", .bigint), ("d", .decimal(10, 2)), ("b", .decimal(38, 4)),
                ("x", .double), ("t", .string), ("ts", .timestamp(3)), ("ltz", .timestampLTZ(6)),
                ("day", .date), ("tm", .time(0)), ("ok", .boolean), ("raw", .bytes),
                ("r", .row([RowField("a", .smallint), RowField("b", inner)])),
                ("list", .array(.row([RowField("k", .string)]))), ("map", .map(.string, .integer)),
            ],
            options
        )
    }

    @Test(arguments: [[:], ["ignore-parse-errors": "true"], ["fail-on-missing-field": "true"]])
    func `the fast scanner and the strict reader agree on damaged records`(
        _ options: [String: String]
    ) throws {
        var mutator = SeededMutator(seed: 7)
        let decoding = Self.decoding(options)
        var accepted = 0
        // One pair of decoders for all records, so that predicted keys and reused rows count, too.
        let fastErrors = CollectedRecords()
        let strictErrors = CollectedRecords()
        let fast = try decoding.decoder(fastErrors)
        let strict = try StrictDecoding.json(
            decoding.table,
            decoding.formatOptions,
            decoding.projection,
            errors: strictErrors
        )
        for _ in 0..<8000 {
            guard let template = Self.templates.randomElement(using: &mutator) else { continue }
            let bytes = mutator.mutate(Array(template.utf8), Self.pieces)
            let known = strictErrors.records.count
            let fastRows = try Decoding.rows(bytes, fast, batchRows: 3)
            let strictRows = try Decoding.rows(bytes, strict, batchRows: 3)
            try #require(
                fastRows == strictRows && fastErrors.records.count == strictErrors.records.count,
                "\(String(decoding: bytes, as: UTF8.self))"
            )
            if strictErrors.records.count == known { accepted += 1 }
        }
        #expect(fastErrors.records.map(\.message) == strictErrors.records.map(\.message))
        #expect(fastErrors.records.map(\.offset) == strictErrors.records.map(\.offset))
        #expect(accepted > 500)
        #expect(options != [:] || strictErrors.records.count > 2000)
    }

    @Test func `messages with any bytes never crash and agree`() throws {
        var mutator = SeededMutator(seed: 11)
        let decoding = Self.decoding([:])
        let fastErrors = CollectedRecords()
        let strictErrors = CollectedRecords()
        let fast = try decoding.decoder(fastErrors)
        let strict = try StrictDecoding.json(
            decoding.table,
            decoding.formatOptions,
            decoding.projection,
            errors: strictErrors
        )
        for round in 0..<6000 {
            let template = Self.templates[round % Self.templates.count]
            let bytes = mutator.mutate(Array(template.utf8), Self.pieces)
            try fast.decode(message: bytes.span, at: Int64(round))
            try strict.decode(message: bytes.span, at: Int64(round))
            try #require(
                fast.rowCount == strict.rowCount,
                "\(String(decoding: bytes, as: UTF8.self))"
            )
        }
        #expect(fast.finishBatch().printedRows == strict.finishBatch().printedRows)
        #expect(fastErrors.records.map(\.message) == strictErrors.records.map(\.message))
    }

    @Test func `a block cut anywhere gives the same rows`() throws {
        let text = Self.templates.joined(separator: "\n") + "\n"
        let bytes = Array(text.utf8)
        let decoding = Self.decoding([:])
        let expected = try Decoding.rows(bytes, try decoding.decoder(CollectedRecords()))
        for cut in stride(from: 1, to: bytes.count, by: 3) {
            let decoder = try decoding.decoder(CollectedRecords())
            let block = ByteBlock(capacity: 1)
            var rows: [String] = []
            for (piece, isLast) in [(bytes[..<cut], false), (bytes[cut...], true)] {
                let copy = Array(piece)
                block.append(copy.span)
                _ = try decoder.decodeLines(of: block, LineRange(rowLimit: 99, isAtEnd: isLast))
            }
            rows += decoder.finishBatch().printedRows
            try #require(rows == expected, "cut at \(cut)")
            #expect(block.unreadCount == 0 && block.position == Int64(bytes.count))
        }
    }
}
