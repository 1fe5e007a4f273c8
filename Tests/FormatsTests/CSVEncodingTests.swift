import Columnar
import Formats
import Testing

@Suite struct CSVEncodingTests {
    private func encoded(
        _ columns: [(DataType, [ScalarValue])],
        _ options: [String: String] = [:],
        terminator: UInt8? = nil
    ) throws -> [String] {
        let table = TableDefinition(
            path: "t",
            columns: columns.indices.map { TableColumn("f\($0)", columns[$0].0) },
            options: [:]
        )
        let encoder = try CSVFormat().encodingFormat(
            table,
            FormatOptions(prefix: "csv.", table: "t", options)
        ).makeEncoder()
        let batch = RecordBatch(
            columns.map { Column.fromScalars($0.1, $0.0) },
            count: columns[0].1.count
        )
        var output = BytesBuilder(reserving: 1)
        try encoder.encode(batch, terminator: terminator, to: &output)
        return output.finish().strings
    }

    private func texts(_ texts: [String?], _ options: [String: String] = [:]) throws -> [String] {
        try encoded([(.string, texts.map { $0.map { .text($0) } ?? .null })], options)
    }

    @Test func `every type has Flink's form`() throws {
        let day = Int64(19_782)
        let stamp = day * 86_400_000_000 + 36_000_120_000
        let columns: [(DataType, [ScalarValue])] = [
            (.boolean, [.bool(true), .null]), (.tinyint, [.int(-1), .null]),
            (.bigint, [.int(1 << 40), .null]), (.float, [.float(1e10), .null]),
            (.double, [.double(0.1), .null]), (.decimal(8, 2), [.int(1250), .null]),
            (.decimal(30, 0), [.int128(100_000), .null]), (.date, [.int(day), .null]),
            (.time(3), [.int(36_000_500), .null]), (.timestamp(3), [.int(stamp), .null]),
            (.timestampLTZ(3), [.int(stamp), .null]), (.bytes, [.text("ab"), .null]),
        ]
        let rows = try encoded(columns, terminator: UInt8(ascii: "\n"))
        #expect(
            rows[0] == """
                true,-1,1099511627776,1.0E10,0.1,12.5,1E+5,2024-02-29,10:00:00.5,\
                "2024-02-29 10:00:00.12","2024-02-29 10:00:00.12Z",YWI=

                """
        )
        #expect(rows[1] == ",,,,,,,,,,,\n")
        let plain = try encoded(columns, ["write-bigdecimal-in-scientific-notation": "false"])
        #expect(plain[0].contains(",12.5,100000,"))
    }

    @Test func `texts are quoted where Jackson quotes them`() throws {
        #expect(
            try texts(["plain-text", "two words", "a,b", "say \"no\"", "", nil, "line\nend"]) == [
                "plain-text", "\"two words\"", "\"a,b\"", "\"say \"\"no\"\"\"", "", "",
                "\"line\nend\"",
            ]
        )
        let long = String(repeating: "x", count: 24)
        #expect(try texts([long, long + "x"]) == [long, "\"\(long)x\""])
        let wide = String(repeating: "é", count: 24)
        #expect(try texts([wide, wide + "é"]) == [wide, "\"\(wide)é\""])
        #expect(
            try texts(["a b", "c\"d"], ["disable-quote-character": "true"]) == ["a b", "c\"d"]
        )
        #expect(
            try texts(
                ["a\\b", "c'd", nil],
                [
                    "escape-character": "\\", "quote-character": "'",
                    "null-literal": "NULL",
                ]
            ) == ["'a\\\\b'", "'c''d'", "NULL"]
        )
    }

    @Test func `arrays and rows are one field`() throws {
        let rowType = DataType.row([RowField("a", .integer), RowField("b", .string)])
        #expect(
            try encoded([
                (.array(.integer), [.list([.int(1), .null, .int(3)]), .list([])]),
                (rowType, [.row([.int(1), .text("x y")]), .null]),
            ]) == ["\"1;;3\",\"1;x y\"".replacing("\"1;;3\"", with: "1;;3"), ","]
        )
    }

    @Test(arguments: [
        [:], ["field-delimiter": "|"], ["quote-character": "'"], ["escape-character": "\\"],
    ])
    func `what is written is read back`(_ options: [String: String]) throws {
        let options = options.merging(["null-literal": "NULL"]) { $1 }
        let values = [
            "plain", "", "a,b|c", "'quoted' \"twice\"", "back\\slash", "line\r\nend", " blank ",
            "é🎉", "ends in \\",
        ]
        let rows = try texts(values + [nil], options)
        let decoding = CSVDecodingTests.decoding([("f", .string)], options)
        let text = rows.map { $0 + "\n" }.joined()
        #expect(try decoding.rows(text) == values.map { "+I[\($0)]" } + ["+I[null]"])
    }
}
