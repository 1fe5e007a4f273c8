import Columnar
import Formats
import FoundationEssentials
import Testing

@Suite struct CSVDecodingTests {
    static func decoding(
        _ columns: [(String, DataType)],
        _ options: [String: String] = [:]
    ) -> Decoding {
        var decoding = Decoding(columns, options)
        decoding.format = CSVFormat()
        return decoding
    }

    private func row(_ type: DataType, _ text: String, _ options: [String: String] = [:]) -> String
    {
        let decoding = Self.decoding([("f", type)], options)
        do {
            return try decoding.rows(text + "\n").joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    private static func oracle(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: folder.appending(path: "Oracle/data/\(name)"),
            encoding: .utf8
        )
    }

    private static let payments: [(String, DataType)] = [
        ("id", .integer), ("payer", .string), ("amount", .decimal(8, 2)), ("due", .date),
        ("created", .timestamp(3)), ("paid", .boolean),
    ]

    @Test func `Flink's rows of the recorded file come out`() throws {
        let decoding = Self.decoding(Self.payments, ["null-literal": ""])
        #expect(
            try decoding.rows(Self.oracle("payments.csv")) == [
                "+I[1, alice, 10.50, 2024-03-01, 2024-03-01T08:00, true]",
                "+I[2, bob, jr, null, 2024-03-02, 2024-03-01T08:00:10, false]",
                "+I[3, null, 7.25, null, 2024-03-01T08:00:20, null]",
                "+I[4, she said \"hi\", -3.00, 2024-03-04, null, true]",
                "+I[5, eve, 100.00, 2024-02-29, 2024-03-01T08:00:40, true]",
            ]
        )
    }

    @Test func `an empty field is an empty text without a null literal`() throws {
        let texts = Self.payments.map { ($0.0, DataType.string) }
        #expect(
            try Self.decoding(texts).rows(Self.oracle("payments.csv"))[2]
                == "+I[3, , 7.25, , 2024-03-01 08:00:20, ]"
        )
        let message = try Self.decoding(Self.payments).error(Self.oracle("payments.csv"))
        #expect(message.hasPrefix("Fail to deserialize at field: amount."))
        #expect(message.contains("'csv.null-literal' = ''"))
    }

    @Test(arguments: [
        (DataType.boolean, "true", "+I[true]"), (.boolean, " TRUE ", "+I[true]"),
        (.boolean, "yes", "+I[false]"), (.boolean, "", "+I[false]"),
        (.tinyint, "-128", "+I[-128]"), (.smallint, " 7 ", "+I[7]"),
        (.integer, "+2147483647", "+I[2147483647]"), (.bigint, "-9", "+I[-9]"),
        (.float, "1e2", "+I[100.0]"), (.double, "NaN", "+I[NaN]"), (.double, " -.5 ", "+I[-0.5]"),
        (.decimal(4, 1), "12.35", "+I[12.4]"), (.decimal(4, 1), "12345", "+I[null]"),
        (.decimal(30, 2), "1E+20", "+I[100000000000000000000.00]"),
        (.string, "  a b ", "+I[  a b ]"), (DataType(.char(length: 3)), "ab", "+I[ab]"),
        (.bytes, "YWI=", "+I[[97, 98]]"), (.date, "2024-02-29", "+I[2024-02-29]"),
        (.date, "2024-3-1", "+I[2024-03-01]"), (.date, "2023-02-31", "+I[2023-03-03]"),
        (.time(0), "10:11:12.9", "+I[10:11:12]"), (.time(3), "10:11", "+I[10:11]"),
        (.time(2), "10:11:12.129", "+I[10:11:12.120]"),
        (.timestamp(3), "2024-02-29 10:11:12.1239", "+I[2024-02-29T10:11:12.123]"),
        (.timestamp(9), " 2024-02-29 10:11:12 ", "+I[2024-02-29T10:11:12]"),
        (.timestampLTZ(3), "2024-02-29 10:11:12.5Z", "+I[2024-02-29T10:11:12.500Z]"),
    ])
    func `a field becomes a value as in Flink`(
        _ type: DataType,
        _ text: String,
        _ expected: String
    ) {
        #expect(row(type, text) == expected)
    }

    @Test(arguments: [
        (DataType.tinyint, "128"), (.smallint, "x"), (.integer, "1.0"), (.bigint, ""),
        (.double, "1,5"), (.decimal(4, 1), " 1"), (.decimal(4, 1), "1 "), (.decimal(4, 1), "one"),
        (.bytes, "*"), (.date, "2024-02"), (.date, "24-02-01"), (.date, "2024-13-01"),
        (.date, "2024-1-32"), (.date, "2024-001-1"), (.date, "2024-01-01 "), (.time(0), "25:00:00"),
        (.timestamp(3), "2024-02-29T10:11:12"), (.timestamp(3), "2024-02-29"),
        (.timestampLTZ(3), "2024-02-29 10:11:12"),
    ])
    func `a field of another form stops the job with its name`(_ type: DataType, _ text: String) {
        let quoted = "\"\(text)\""
        let message = row(type, quoted)
        #expect(message.hasPrefix("Fail to deserialize at field: f. Expected \(type), found "))
        #expect(
            text.isEmpty == message.contains("an empty field")
                && text.isEmpty != message.hasSuffix("found another text."),
            "values stay out of messages"
        )
        #expect(row(type, quoted, ["ignore-parse-errors": "true"]) == "+I[null]")
    }

    @Test func `quotes enclose delimiters, line ends and doubled quotes`() throws {
        let decoding = Self.decoding([("a", .string), ("b", .string)])
        #expect(
            try decoding.rows("\"x,y\" ,\"1\r\n2\"\n\"say \"\"no\"\"\",\"\"\na\"b,c\"\n") == [
                "+I[x,y, 1\r\n2]", "+I[say \"no\", ]", "+I[a\"b, c\"]",
            ]
        )
        #expect(try decoding.rows(" \"a\",b") == ["+I[ \"a\", b]"])
        #expect(decoding.error("\"a\"b,c\n").hasPrefix("Unexpected character (code 98)"))
        #expect(decoding.error("x,\"open\n").hasPrefix("Missing closing quote for value"))
    }

    @Test func `every line end ends a record, and the last may lack it`() throws {
        let decoding = Self.decoding([("a", .integer), ("b", .string)])
        #expect(
            try decoding.rows("1,a\r\n2,b\r3,c\n4,") == [
                "+I[1, a]", "+I[2, b]", "+I[3, c]", "+I[4, ]",
            ]
        )
        #expect(try decoding.rows("\u{FEFF}1,a\n") == ["+I[1, a]"])
    }

    @Test func `other delimiters, quotes and escapes`() throws {
        let columns: [(String, DataType)] = [("a", .string), ("b", .string)]
        var decoding = Self.decoding(columns, ["field-delimiter": "\\t", "quote-character": "'"])
        #expect(try decoding.rows("'a\tb'\tc\"d\n") == ["+I[a\tb, c\"d]"])
        decoding = Self.decoding(columns, ["field-delimiter": "§", "escape-character": "\\"])
        #expect(try decoding.rows("a\\§b§\"c\\\"d\\n\"\n") == ["+I[a§b, c\"d\n]"])
        #expect(try decoding.rows("\\\\§x\\t\n") == ["+I[\\, x\t]"])
        #expect(decoding.error("a§b\\").hasPrefix("Unexpected EOF in escaped character"))
        decoding = Self.decoding(columns, ["disable-quote-character": "true"])
        #expect(try decoding.rows("\"a\",b\"\n") == ["+I[\"a\", b\"]"])
        decoding = Self.decoding(columns, ["field-delimiter": "\\u0001"])
        #expect(try decoding.rows("a\u{1}b\n") == ["+I[a, b]"])
    }

    @Test func `comments and blank lines are skipped when allowed`() throws {
        let columns: [(String, DataType)] = [("a", .integer), ("b", .string)]
        let text = "# head\n\n 1,#a\n  \n# \"open\n2,b\n#end"
        let decoding = Self.decoding(columns, ["allow-comments": "true"])
        #expect(try decoding.rows(text) == ["+I[1, #a]", "+I[2, b]"])
        #expect(Self.decoding(columns).error("1,a\n\n").hasPrefix("Row length mismatch."))
    }

    @Test func `the number of fields is checked as in Flink`() throws {
        let columns: [(String, DataType)] = [("a", .integer), ("b", .string), ("c", .string)]
        var decoding = Self.decoding(columns)
        #expect(
            decoding.error("1,x\n")
                == "Row length mismatch. 3 fields expected but was 2. The table has 3 columns."
        )
        #expect(
            decoding.error("1,x,y,z\n")
                == "Too many entries: expected at most 3 (value #3)."
        )
        #expect(decoding.error("1,x,y,,\n").hasPrefix("Too many entries"))
        #expect(try decoding.rows("1,x,y,\n1,x,y, \n").count == 2)
        decoding.paths = [[2], [0]]
        #expect(try decoding.rows("1,x\n") == ["+I[null, 1]"])
        #expect(decoding.error("1\n").hasPrefix("Row length mismatch. 2 fields"))
        decoding = Self.decoding(columns, ["ignore-parse-errors": "true"])
        #expect(
            try decoding.rows("1\nx,y,z\n1,2,3,4\n\"a\"b,c\n2,b,c\n") == [
                "+I[1, null, null]", "+I[null, y, z]", "+I[2, b, c]",
            ]
        )
    }

    @Test func `arrays and rows lie between element delimiters`() throws {
        let columns: [(String, DataType)] = [
            ("a", .array(.integer)),
            ("r", .row([RowField("x", .integer), RowField("y", .string)])),
        ]
        var decoding = Self.decoding(columns)
        #expect(
            try decoding.rows("1;2;3,4;b\n,\n\"7\",\"8;a;c\"\n") == [
                "+I[[1, 2, 3], +I[4, b]]", "+I[[], null]", "+I[[7], +I[8, a]]",
            ]
        )
        #expect(
            decoding.error("1,4\n").contains("Row length mismatch. 2 fields expected but was 1")
        )
        #expect(decoding.error("1;x,4;b\n").hasPrefix("Fail to deserialize at field: a."))
        decoding.paths = [[1, 1], [1]]
        #expect(try decoding.rows("1,4;b\n,\n") == ["+I[b, +I[4, b]]", "+I[null, null]"])
        decoding = Self.decoding(
            columns,
            ["array-element-delimiter": "|", "null-literal": "n/a", "ignore-parse-errors": "true"]
        )
        #expect(
            try decoding.rows("1|n/a|x,n/a|n/a\nn/a,5\n") == [
                "+I[[1, null, null], +I[null, null]]", "+I[[null], +I[5, null]]",
            ]
        )
    }

    @Test func `messages hold one record each`() throws {
        let decoding = Self.decoding([("a", .integer), ("b", .string)])
        #expect(try decoding.rows(message: "1,a") == ["+I[1, a]"])
        #expect(try decoding.rows(message: "1,\"a\n\"\n2,b\n") == ["+I[1, a\n]"])
        let decoder = try decoding.decoder()
        try decoder.decode(message: nil, at: 0)
        try decoder.decode(message: [UInt8]().span, at: 1)
        #expect(decoder.statistics.withoutRow == 2 && decoder.rowCount == 0)
    }

    @Test func `records that cannot be read are told with their place`() throws {
        let decoding = Self.decoding([("a", .integer), ("b", .string)])
        let errors = CollectedRecords()
        let bytes = Array("1,a\nx,b\r\n2,c\n".utf8)
        let rows = try Decoding.rows(bytes, try decoding.decoder(errors))
        #expect(rows == ["+I[1, a]", "+I[2, c]"])
        #expect(errors.records.map(\.text) == ["x,b"])
        #expect(errors.records.map(\.offset) == [4])
        let invalid: [UInt8] = [0x31, 0x2C, 0xFF, 0x0A]
        #expect(throws: FormatError.self) { try Decoding.rows(invalid, try decoding.decoder()) }
    }

    @Test func `metadata columns are not fields of the record`() throws {
        var decoding = Self.decoding([("a", .integer)])
        decoding.columns.append(TableColumn("path", .string, metadataKey: "file.path"))
        decoding.columns.append(TableColumn("b", .string))
        decoding.paths = [[2], [0]]
        #expect(try decoding.rows("1,x\n") == ["+I[x, 1]"])
    }

    @Test(arguments: [
        (["quote-character": "'", "disable-quote-character": "true"], "at the same time."),
        (["field-delimiter": "ab"], "must be a string with single character, but was: ab"),
        (["escape-character": ""], "Option 'csv.escape-character' must be a string"),
        (["quote-character": ","], "must differ"), (["field-delimiter": "\\n"], "must differ"),
        (["allow-comments": "perhaps"], "Unrecognized option for boolean: perhaps."),
    ])
    func `wrong options are refused`(_ options: [String: String], _ reason: String) {
        #expect(Self.decoding([("a", .integer)], options).error("1\n").contains(reason))
    }

    @Test(arguments: [
        (DataType.map(.string, .integer), "Unsupported type 'MAP<STRING, INT>' for field 'f'."),
        (.array(.array(.integer)), "in the second level nesting of fields 'f' but was: ARRAY<INT>"),
        (.time(6), "it only supports precision 0 ~ 3."),
    ])
    func `types without a form are refused`(_ type: DataType, _ reason: String) {
        #expect(row(type, "x").contains(reason))
    }

    @Test func `only files without quotes and escapes can be read in parts`() throws {
        func isSplittable(_ options: [String: String]) throws -> Bool {
            let decoding = Self.decoding([("a", .string)], options)
            return try CSVFormat().decodingFormat(decoding.table, decoding.formatOptions)
                .isSplittable
        }
        #expect(try !isSplittable([:]))
        #expect(try isSplittable(["disable-quote-character": "true"]))
        #expect(
            try !isSplittable(["disable-quote-character": "true", "escape-character": "\\"])
        )
        // In such files a carriage return alone is no line end: parts begin behind newlines.
        let decoding = Self.decoding([("a", .string)], ["disable-quote-character": "true"])
        #expect(try decoding.rows("a\rb\r\nc\n") == ["+I[a\rb]", "+I[c]"])
    }
}
