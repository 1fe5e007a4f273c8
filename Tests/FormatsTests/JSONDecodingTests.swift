import Columnar
import Formats
import Testing

@Suite struct JSONDecodingTests {
    @Test func `flat records become rows`() throws {
        let decoding = Decoding([
            ("id", .integer), ("name", .string), ("amount", .decimal(10, 2)), ("ok", .boolean),
            ("ts", .timestamp(3)), ("d", .date), ("x", .double),
        ])
        let rows = try decoding.rows(
            """
            {"id":1,"name":"a","amount":1.5,"ok":true,"ts":"2024-03-01 10:00:00.123","d":"2024-02-29","x":0.25}
            {"id": -2, "name": "b", "amount": -12, "ok": false, "ts": "2024-03-01 10:00:00", "d": "1969-12-31", "x": 1e3}

            {"id":null,"name":null,"amount":null,"ok":null,"ts":null,"d":null,"x":null}
            {"x":-3,"d":"2024-01-01","other":[1,{"a":"}"}],"name":"last"}\r
            """
        )
        #expect(
            rows == [
                "+I[1, a, 1.50, true, 2024-03-01T10:00:00.123, 2024-02-29, 0.25]",
                "+I[-2, b, -12.00, false, 2024-03-01T10:00, 1969-12-31, 1000.0]",
                "+I[null, null, null, null, null, null, null]",
                "+I[null, last, null, null, null, 2024-01-01, -3.0]",
            ]
        )
    }

    @Test(arguments: [
        // value, type, row text
        ("\"42\"", DataType.integer, "42"), ("\" 42 \"", .integer, "42"), ("1.9", .integer, "1"),
        ("-1.9", .bigint, "-1"), ("1e2", .bigint, "100"), ("\"+7\"", .smallint, "7"),
        ("127", .tinyint, "127"), ("9223372036854775807", .bigint, "9223372036854775807"),
        ("-9223372036854775808", .bigint, "-9223372036854775808"),
        ("\"TRUE\"", .boolean, "true"), ("1", .boolean, "false"), ("\" true\"", .boolean, "true"),
        ("3.4e+38", .float, "3.4E38"), ("\"NaN\"", .double, "NaN"), ("1e400", .double, "Infinity"),
        ("-0.0", .double, "-0.0"), ("123456789.12345679", .double, "1.2345678912345679E8"),
        ("1.005", .decimal(10, 2), "1.01"), ("-1.005", .decimal(10, 2), "-1.01"),
        ("\" 42 \"", .decimal(6, 2), "42.00"), ("\"1e3\"", .decimal(6, 2), "1000.00"),
        ("12345.6", .decimal(6, 2), "null"), ("99999999.99", .decimal(10, 2), "99999999.99"),
        ("12345678901234567890.123456", .decimal(38, 6), "12345678901234567890.123456"),
        ("1e-30", .decimal(38, 2), "0.00"), ("0.995", .decimal(3, 2), "1.00"),
        ("1.50", .string, "1.50"), ("1e+300", .string, "1e+300"), ("true", .string, "true"),
        ("{\"b\": 1.0, \"a\": [ true ]}", .string, "{\"b\":1.0,\"a\":[true]}"),
        ("[1, \"x\\ny\"]", .string, "[1,\"x\\ny\"]"),
        ("\"a\\u00e9\\n\\\"\\\\\\/\"", .string, "aé\n\"\\/"),
        ("\"\\ud83d\\ude00\"", .string, "😀"), ("\"\\ud83d\"", .string, "?"),
        ("\"2024-02-30 10:00:00\"", .timestamp(3), "2024-02-29T10:00"),
        ("\"2024-02-29 24:00:00\"", .timestamp(3), "2024-03-01T00:00"),
        ("\"2024-02-29 10:00:00.123456789\"", .timestamp(3), "2024-02-29T10:00:00.123"),
        ("\"2024-02-29 10:00:00.123456789\"", .timestamp(9), "2024-02-29T10:00:00.123456789"),
        ("\"1969-12-31 23:59:59.999\"", .timestamp(3), "1969-12-31T23:59:59.999"),
        ("\"2024-02-29 10:00:00.5Z\"", .timestampLTZ(3), "2024-02-29T10:00:00.500Z"),
        ("\"12:34:56.789\"", .time(3), "12:34:56.789"), ("\"12:34:56.789\"", .time(0), "12:34:56"),
        ("\"-0044-03-15\"", .date, "-0044-03-15"), ("\"AQID\"", .bytes, "[1, 2, 3]"),
        ("\"\"", .bytes, "[]"), ("{\"a\":1,\"b\":null}", .map(.string, .integer), "{a=1, b=null}"),
        ("{\"a\":1,\"a\":2}", .map(.string, .integer), "{a=2}"),
        ("[1,null,\"3\"]", .array(.integer), "[1, null, 3]"),
        ("[[1],[],null]", .array(.array(.bigint)), "[[1], [], null]"),
    ])
    func `a value becomes what Flink makes of it`(
        _ value: String,
        _ type: DataType,
        _ expected: String
    ) throws {
        let decoding = Decoding([("v", type)])
        #expect(try decoding.rows("{\"v\":\(value)}") == ["+I[\(expected)]"])
        #expect(try decoding.rows("{ \"w\": 0, \"v\" : \(value) }") == ["+I[\(expected)]"])
        #expect(try decoding.rows(message: "{\"v\":\n\(value)\n}") == ["+I[\(expected)]"])
    }

    @Test(arguments: [
        ("19782", DataType.date), ("1709210096789", .timestamp(3)), ("\"BNI=\"", .decimal(10, 2)),
        ("\"2024-02-29T12:34:56.789\"", .timestamp(3)), ("\"x\"", .integer), ("true", .integer),
        ("300", .tinyint), ("1.0", .smallint), ("9223372036854775808", .bigint),
        ("\"2024-02-30\"", .date), ("\"24:00:00\"", .time(0)), ("\"2024-2-1\"", .date),
        ("\"2024-02-29 10:00\"", .timestamp(3)), ("\"2024-02-29 10:00:00\"", .timestampLTZ(3)),
        ("[1]", .integer), ("{}", .array(.integer)), ("5", .bytes), ("\"A===\"", .bytes),
        ("\"x\"", .row([RowField("a", .integer)])),
        ("\" 2024-02-29\"", .date), ("true", .decimal(5, 2)),
    ])
    func `a value that does not convert stops the job with Flink's words`(
        _ value: String,
        _ type: DataType
    ) {
        let decoding = Decoding([("v", type)])
        let message = decoding.error("{\"v\":\(value)}")
        #expect(message.hasPrefix("Fail to deserialize at field: v. Expected "))
        #expect(message.contains("\(type.kind)"))
        var lenient = decoding
        lenient.options["ignore-parse-errors"] = "true"
        #expect((try? lenient.rows("{\"v\":\(value)}")) == ["+I[null]"])
    }

    @Test func `a value is never shown in a message`() {
        let decoding = Decoding([("v", .integer)])
        #expect(!decoding.error("{\"v\":\"secret\"}").contains("secret"))
    }

    @Test(arguments: [
        ("{\"v\":1", "Unexpected end-of-input within/between Object entries"),
        ("{\"v\"", "Unexpected end-of-input within/between Object entries"),
        ("{\"w\":[1,2", "Unexpected end-of-input within/between Array entries"),
        ("{\"w\":\"abc", "Unexpected end-of-input in VALUE_STRING"),
        ("{\"w\":tru}", "Unrecognized token 'tru'"), ("{\"v\":01}", "Invalid numeric value"),
        ("{\"v\":1,}", "Unexpected character ('}' (code 125)): was expecting double-quote"),
        ("{v:1}", "Unexpected character ('v' (code 118)): was expecting double-quote"),
        ("{\"v\":1} x", "Unexpected character ('x' (code 120)): was expecting the end"),
        ("{\"v\":1}{\"v\":2}", "Unexpected character ('{' (code 123)): was expecting the end"),
        ("[{\"v\":1}]", "Expected a JSON object, found an array."), ("  ", "No content to map"),
        ("{\"w\":\"\\x\"}", "Unrecognized character escape 'x' (code 120)"),
        ("{\"w\":1.}", "Unexpected character ('}' (code 125)): was expecting a digit"),
        ("{\"w\":{\"a\" 1}}", "Unexpected character ('1' (code 49)): was expecting colon"),
        ("{\"w\":[1 2]}", "Unexpected character ('2' (code 50)): was expecting comma"),
        ("null", "Expected a JSON object, found null."),
    ])
    func `a record that is no JSON is refused wherever it is broken`(
        _ record: String,
        _ expected: String
    ) {
        let decoding = Decoding([("v", .integer)])
        let message = decoding.error(record)
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test func `invalid UTF-8 is refused also in values that nobody reads`() throws {
        let decoding = Decoding([("v", .integer)])
        let record: [UInt8] = Array("{\"w\":\"".utf8) + [0xC3, 0x28] + Array("\",\"v\":1}".utf8)
        #expect(throws: FormatError.self) {
            try Decoding.rows(record, try decoding.decoder())
        }
    }

    @Test func `nesting beyond the limit is refused, up to it is read`() throws {
        let decoding = Decoding([("v", .integer)])
        func record(_ depth: Int) -> String {
            let open = String(repeating: "[", count: depth)
            return "{\"w\":\(open)\(String(repeating: "]", count: depth)),\"v\":1}"
        }
        #expect(try decoding.rows(record(999)) == ["+I[1]"])
        #expect(decoding.error(record(1000)).hasPrefix("Document nesting depth (1001) exceeds"))
    }

    @Test func `of repeated keys the last value counts`() throws {
        let decoding = Decoding([("a", .string), ("b", .integer)])
        let text = """
            {"a":"x","a":"long text","b":1,"b":null}
            {"a":"y","b":2}
            """
        #expect(try decoding.rows(text) == ["+I[long text, null]", "+I[y, 2]"])
    }

    @Test func `keys may come in any order and may be missing`() throws {
        let decoding = Decoding([("a", .integer), ("b", .integer), ("c", .integer)])
        let text = """
            {"a":1,"b":2,"c":3}
            {"c":3,"a":1,"b":2}
            {"b":2}
            {"x":{"a":9},"a":1,"y":[],"c":3}
            {}
            {"a":1,"b":2,"c":3}
            """
        #expect(
            try decoding.rows(text, batchRows: 2) == [
                "+I[1, 2, 3]", "+I[1, 2, 3]", "+I[null, 2, null]", "+I[1, null, 3]",
                "+I[null, null, null]", "+I[1, 2, 3]",
            ]
        )
    }

    @Test func `a missing field is an error when asked for`() throws {
        let decoding = Decoding(
            [("a", .integer), ("b", .integer)],
            ["fail-on-missing-field": "true"]
        )
        #expect(decoding.error("{\"a\":1}").hasPrefix("Some field is missing in the JSON data."))
        #expect(try decoding.rows("{\"b\":null,\"a\":1}") == ["+I[1, null]"])
        var both = decoding
        both.options["ignore-parse-errors"] = "true"
        #expect(both.error("{}").contains("shouldn't both be true"))
    }

    @Test func `only what the plan needs is converted`() throws {
        var decoding = Decoding([("a", .integer), ("b", .date), ("c", .string)])
        decoding.paths = [[2], [0]]
        #expect(try decoding.rows("{\"a\":1,\"b\":\"never\",\"c\":\"x\"}") == ["+I[x, 1]"])
        decoding.paths = []
        #expect(try decoding.rows("{\"a\":1}\n{\"a\":2}") == ["+I[]", "+I[]"])
    }

    @Test func `fields of nested rows are read by path`() throws {
        let row = DataType.row([
            RowField("x", .integer), RowField("y", .row([RowField("z", .string)])),
            RowField("l", .array(.integer)),
        ])
        var decoding = Decoding([("id", .integer), ("r", row)])
        let text = """
            {"id":1,"r":{"x":10,"y":{"z":"deep"},"l":[1,2]}}
            {"id":2,"r":{"y":null}}
            {"id":3,"r":null}
            {"id":4}
            {"id":5,"r":{"l":[3],"y":{},"x":11}}
            """
        decoding.paths = [[1, 1, 0], [0], [1, 0]]
        #expect(
            try decoding.rows(text) == [
                "+I[deep, 1, 10]", "+I[null, 2, null]", "+I[null, 3, null]", "+I[null, 4, null]",
                "+I[null, 5, 11]",
            ]
        )
        decoding.paths = [[1], [1, 0]]
        #expect(
            try decoding.rows(text) == [
                "+I[+I[10, +I[deep], [1, 2]], 10]", "+I[+I[null, null, null], null]",
                "+I[null, null]", "+I[null, null]", "+I[+I[11, +I[null], [3]], 11]",
            ]
        )
        decoding.paths = [[1, 2], [1, 1]]
        #expect(
            try decoding.rows(text) == [
                "+I[[1, 2], +I[deep]]", "+I[null, null]", "+I[null, null]", "+I[null, null]",
                "+I[[3], +I[null]]",
            ]
        )
    }

    @Test func `arrays of rows and maps keep their nulls`() throws {
        let item = DataType.row([RowField("sku", .string), RowField("qty", .integer)])
        let decoding = Decoding([("items", .array(item)), ("attrs", .map(.string, .array(item)))])
        let text = """
            {"items":[{"sku":"P1","qty":2},null,{"qty":"7"}],"attrs":{"k":[{"sku":"x"}],"n":null}}
            {"items":[],"attrs":{}}
            {"items":null}
            {"items":[{"sku":"P\\u0032"}]}
            """
        #expect(
            try decoding.rows(text) == [
                "+I[[+I[P1, 2], null, +I[null, 7]], {k=[+I[x, null]], n=null}]", "+I[[], {}]",
                "+I[null, null]", "+I[[+I[P2, null]], null]",
            ]
        )
    }

    @Test func `errors in nested values make only the inner field NULL when ignored`() throws {
        let row = DataType.row([RowField("a", .integer), RowField("b", .integer)])
        let decoding = Decoding(
            [("r", row), ("l", .array(.integer))],
            ["ignore-parse-errors": "true"]
        )
        let text = #"{"r":{"a":"x","b":2},"l":[1,"y"]}"# + "\nbroken\n" + #"{"r":5,"l":{}}"#
        let decoder = try decoding.decoder()
        let rows = try Decoding.rows(Array(text.utf8), decoder)
        #expect(rows == ["+I[+I[null, 2], [1, null]]", "+I[null, null]"])
        #expect(decoder.statistics.undecodable == 1)
        #expect(decoder.statistics.records == 3)
        #expect(decoder.statistics.ignoredFields >= 4)
    }

    @Test func `an undecodable record is handed over with its place and the rest is read`() throws {
        let decoding = Decoding([("v", .integer)])
        let errors = CollectedRecords()
        let text = "{\"v\":1}\n{\"v\":\"a\"}\r\n\n{\"v\":\n{\"v\":4}"
        let rows = try Decoding.rows(Array(text.utf8), try decoding.decoder(errors))
        #expect(rows == ["+I[1]", "+I[4]"])
        #expect(errors.records.map(\.offset) == [8, 20])
        #expect(errors.records.map(\.text) == ["{\"v\":\"a\"}", "{\"v\":"])
    }

    @Test func `ISO-8601 timestamps are read when the format says so`() throws {
        let decoding = Decoding(
            [("a", .timestamp(3)), ("b", .timestampLTZ(6))],
            ["timestamp-format.standard": "ISO-8601"]
        )
        #expect(
            try decoding.rows(
                """
                {"a":"2024-02-29T12:34:56.789","b":"2024-02-29T12:34:56.789123Z"}
                {"a":"2024-02-29T12:34","b":"2024-02-29T12:34Z"}
                """
            ) == [
                "+I[2024-02-29T12:34:56.789, 2024-02-29T12:34:56.789123Z]",
                "+I[2024-02-29T12:34, 2024-02-29T12:34:00Z]",
            ]
        )
        #expect(decoding.error("{\"a\":\"2024-02-29 12:34:56\"}").contains("field: a."))
    }

    @Test func `a map must have text keys`() {
        let decoding = Decoding([("m", .map(.integer, .string))])
        #expect(
            decoding.error("{}")
                == "JSON format doesn't support non-string as key type of map. The type is: MAP<INT, STRING>"
        )
    }

    @Test func `a table with more columns than bits in a word is read`() throws {
        let columns = (0..<150).map { ("c\($0)", DataType.integer) }
        let decoding = Decoding(columns)
        let fields = (0..<150).map { "\"c\($0)\":\($0)" }.joined(separator: ",")
        let expected = "+I[" + (0..<150).map(String.init).joined(separator: ", ") + "]"
        #expect(try decoding.rows("{\(fields)}\n{\(fields)}") == [expected, expected])
    }

    @Test func `long keys and long texts are read`() throws {
        let key = String(repeating: "k", count: 300)
        let middle = String(repeating: "m", count: 50)
        let decoding = Decoding([(key, .string), (middle, .string)])
        let text = String(repeating: "é\\t", count: 3000)
        let record = "{\"\(middle)\":\"\(text)\",\"\(key)\":\"\(text)x\"}"
        let value = String(repeating: "é\t", count: 3000)
        #expect(
            try decoding.rows("\(record)\n\(record)")
                == ["+I[\(value)x, \(value)]", "+I[\(value)x, \(value)]"]
        )
    }
}
