import Columnar
import Formats
import Testing

@Suite struct DebeziumDecodingTests {
    private static func decoding(_ options: [String: String] = [:]) -> Decoding {
        var decoding = Decoding(
            [("id", .bigint), ("name", .string), ("at", .timestamp(3))],
            options
        )
        decoding.format = DebeziumFormat()
        decoding.primaryKey = [0]
        return decoding
    }

    private static func row(_ id: Int, _ name: String) -> String {
        #"{"id":\#(id),"name":"\#(name)","at":"2024-03-01 10:00:00"}"#
    }

    private static func event(
        _ op: String,
        before: String = "null",
        after: String = "null"
    ) -> String {
        #"{"before":\#(before),"after":\#(after),"source":{"db":"bank"},"op":"\#(op)","ts_ms":5}"#
    }

    @Test(arguments: [1, 100])
    func `events become the rows of a changelog`(_ batchRows: Int) throws {
        let text = [
            Self.event("r", after: Self.row(1, "a")), Self.event("c", after: Self.row(2, "b")),
            Self.event("u", before: Self.row(1, "a"), after: Self.row(1, "é\\n")),
            Self.event("d", before: Self.row(2, "b")), "", Self.event("t"), Self.event("m"),
            #"{"op":"u","after":\#(Self.row(1, "z")),"before":\#(Self.row(1, "y"))}"#,
        ].joined(separator: "\n")
        let decoder = try Self.decoding().decoder()
        let rows = try Decoding.rows(Array(text.utf8), decoder, batchRows: batchRows)
        #expect(
            rows == [
                "+I[1, a, 2024-03-01T10:00]", "+I[2, b, 2024-03-01T10:00]",
                "-U[1, a, 2024-03-01T10:00]", "+U[1, é\n, 2024-03-01T10:00]",
                "-D[2, b, 2024-03-01T10:00]", "-U[1, y, 2024-03-01T10:00]",
                "+U[1, z, 2024-03-01T10:00]",
            ]
        )
        #expect(decoder.statistics.truncations == 1)
        #expect(decoder.statistics.withoutRow == 2)
        #expect(decoder.statistics.records == 7)
        #expect(decoder.lastRecordRows == 2)
    }

    @Test func `a limit of one row still takes an update as a whole`() throws {
        let decoder = try Self.decoding().decoder()
        let text = Self.event("u", before: Self.row(1, "a"), after: Self.row(1, "b")) + "\n"
        let block = ByteBlock(capacity: 16)
        block.append(Array((text + text).utf8).span)
        let progress = try decoder.decodeLines(of: block, LineRange(rowLimit: 1, isAtEnd: true))
        #expect(progress == .rowLimitReached)
        #expect(decoder.rowCount == 2)
        #expect(decoder.lastRecordOffset == 0)
        #expect(block.position == Int64(text.utf8.count))
    }

    @Test(arguments: [
        (
            event("u", after: row(1, "a")),
            "The \"before\" field of UPDATE message is null, if you are"
        ),
        (event("d"), "The \"before\" field of DELETE message is null, if you are using Debezium"),
        (
            event("c"),
            "Corrupt Debezium JSON message '\(event("c"))'. Cause: the row \"after\" the change is"
        ),
        (event("x", after: row(1, "a")), "Unknown \"op\" value \"x\"."),
        (
            "{\"hello\": \"world\"}",
            "Corrupt Debezium JSON message '{\"hello\": \"world\"}'. Cause: it has no \"op\"."
        ),
        ("[]", "Corrupt Debezium JSON message '[]'. Cause: it is no JSON object."),
        (
            "{\"before\": null, \"after\": {\"account_number\"",
            "Unexpected end-of-input within/between Object entries"
        ),
        (
            event("c", after: "{\"id\":1,\"at\":\"yesterday\"}"),
            "Fail to deserialize at field: at. Expected TIMESTAMP(3) text"
        ),
    ])
    func `an event that cannot be used is refused with Flink's words`(
        _ record: String,
        _ expected: String
    ) throws {
        #expect(
            Self.decoding().error(record).hasPrefix(expected),
            "\(Self.decoding().error(record))"
        )
        let lenient = Self.decoding(["ignore-parse-errors": "true"])
        let good = Self.event("c", after: Self.row(9, "z"))
        let rows = try lenient.rows(record + "\n" + good)
        #expect(rows.last == "+I[9, z, 2024-03-01T10:00]")
        #expect(rows.count == 1 || rows == ["+I[1, null, null]", "+I[9, z, 2024-03-01T10:00]"])
    }

    @Test func `tombstones give no row`() throws {
        let decoder = try Self.decoding().decoder()
        try decoder.decode(message: nil, at: 0)
        try decoder.decode(message: [UInt8]().span, at: 1)
        try decoder.decode(message: Array("null".utf8).span, at: 2)
        #expect(decoder.rowCount == 0)
        #expect(decoder.statistics.withoutRow == 3)
    }

    @Test func `with a schema the payload is read and without it the record is refused`() throws {
        let decoding = Self.decoding(["schema-include": "true"])
        let payload = Self.event("c", after: Self.row(1, "a"))
        let described = #"{"schema":{"type":"struct","name":"x"},"payload":\#(payload)}"#
        #expect(try decoding.rows("\(described)\n\(described)").count == 2)
        #expect(decoding.error(payload).hasPrefix("Corrupt Debezium JSON message '\(payload)'."))
        let long = #"{"text":"\#(String(repeating: "x", count: 5000))"}"#
        #expect(decoding.error(long).count < 4300 && decoding.error(long).contains("x…'. Cause: "))
        let errors = CollectedRecords()
        _ = try Decoding.rows(Array(payload.utf8), try decoding.decoder(errors))
        // Where the job goes on, the message goes to a log and holds no rows.
        #expect(errors.records.map(\.text) == [payload])
        #expect(
            errors.records[0].message.hasPrefix(
                "Corrupt Debezium JSON message: it has no \"payload\""
            )
        )
        #expect(try decoding.rows(#"{"schema":null,"payload":null}"#) == [])
    }

    @Test func `in upsert mode updates need no old row and changed keys delete it`() throws {
        let decoding = Self.decoding(["changelog-mode": "upsert"])
        let text = [
            Self.event("c", after: Self.row(1, "a")), Self.event("u", after: Self.row(1, "b")),
            Self.event("u", before: Self.row(1, "b"), after: Self.row(1, "c")),
            Self.event("u", before: Self.row(1, "c"), after: Self.row(2, "d")),
            Self.event("d", before: #"{"id":2}"#),
        ].joined(separator: "\n")
        let format = try decoding.format.decodingFormat(decoding.table, decoding.formatOptions)
        #expect(format.changelogMode == .upsert)
        for batchRows in [1, 2, 100] {
            #expect(
                try decoding.rows(text, batchRows: batchRows) == [
                    "+I[1, a, 2024-03-01T10:00]", "+U[1, b, 2024-03-01T10:00]",
                    "+U[1, c, 2024-03-01T10:00]", "-D[1, c, 2024-03-01T10:00]",
                    "+U[2, d, 2024-03-01T10:00]", "-D[2, null, null]",
                ]
            )
        }
        var withoutKey = decoding
        withoutKey.primaryKey = []
        #expect(withoutKey.error("").contains("declare PRIMARY KEY"))
    }

    @Test func `a value that was not sent is taken from the old row or refused`() throws {
        let unsent = #"{"id":1,"name":"__debezium_unavailable_value"}"#
        let whole = Self.event("u", before: #"{"id":1,"name":"old"}"#, after: unsent)
        #expect(
            try Self.decoding().rows(whole) == ["-U[1, old, null]", "+U[1, old, null]"]
        )
        let decoding = Self.decoding(["changelog-mode": "upsert", "ignore-parse-errors": "true"])
        let errors = CollectedRecords()
        let decoder = try decoding.decoder(errors)
        let keyOnly = Self.event("u", before: #"{"id":1,"name":null}"#, after: unsent)
        let text = Self.event("u", after: unsent) + "\n" + keyOnly
        #expect(try Decoding.rows(Array(text.utf8), decoder) == [])
        #expect(errors.records.count == 2)
        #expect(errors.records[0].message.hasPrefix("The value of column 'name' was not sent"))
        var narrow = decoding
        narrow.paths = [[0]]
        #expect(try narrow.rows(Self.event("u", after: unsent)) == ["+U[1]"])
    }

    @Test func `metadata of an event comes with each of its rows`() throws {
        var decoding = Self.decoding()
        let keys: [(String, DataType)] = [
            ("ingestion-timestamp", .timestampLTZ(3)), ("source.timestamp", .timestampLTZ(3)),
            ("source.database", .string), ("source.schema", .string), ("source.table", .string),
            ("source.properties", .map(.string, .string)), ("schema", .string),
        ]
        for (key, type) in keys {
            decoding.columns.append(TableColumn(key, type, metadataKey: key, isVirtual: true))
        }
        let source = #"{"db":"bank","schema":"public","table":"t","ts_ms":7000,"lsn":null}"#
        let text = """
            {"before":\(Self.row(1, "a")),"after":\(Self.row(1, "b")),"source":\(source),"op":"u","ts_ms":5}
            {"before":null,"after":\(Self.row(2, "c")),"source":null,"op":"c"}
            """
        decoding.paths = [[3], [0], [4], [5], [6], [7]]
        let told = "1970-01-01T00:00:00.005Z, 1, 1970-01-01T00:00:07Z, bank, public, t"
        let untold = "+I[null, 2, null, null, null, null]"
        #expect(try decoding.rows(text) == ["-U[\(told)]", "+U[\(told)]", untold])
        decoding.paths = [[8], [4], [6], [9]]
        let whole = "{db=bank, schema=public, table=t, ts_ms=7000, lsn=null}"
        #expect(
            try decoding.rows(text) == [
                "-U[\(whole), 1970-01-01T00:00:07Z, public, null]",
                "+U[\(whole), 1970-01-01T00:00:07Z, public, null]", "+I[null, null, null, null]",
            ]
        )
        decoding.options["schema-include"] = "true"
        decoding.paths = [[9], [0]]
        let payload = Self.event("c", after: Self.row(1, "a"))
        #expect(
            try decoding.rows(#"{"schema": {"type": "struct"}, "payload": \#(payload)}"#)
                == ["+I[{\"type\":\"struct\"}, 1]"]
        )
    }

    @Test(arguments: [
        // options, type, value, row text
        ([:], DataType.date, "19782", "2024-02-29"), ([:], .time(3), "47655123", "13:14:15.123"),
        ([:], .time(6), "47655123456", "13:14:15.123"),
        (
            ["time.precision.mode": "adaptive_time_microseconds"], .time(3), "47655123456",
            "13:14:15.123"
        ),
        (["time.precision.mode": "connect"], .time(6), "47655123", "13:14:15.123"),
        ([:], .timestamp(3), "1709212455123", "2024-02-29T13:14:15.123"),
        ([:], .timestamp(6), "-1", "1969-12-31T23:59:59.999999"),
        ([:], .timestamp(9), "1709212455123456789", "2024-02-29T13:14:15.123456789"),
        (["time.precision.mode": "connect"], .timestamp(6), "-1", "1969-12-31T23:59:59.999"),
        (
            [:], .timestampLTZ(6), "\"2024-02-29T13:14:15.123456+02:00\"",
            "2024-02-29T11:14:15.123456Z"
        ),
        ([:], .timestampLTZ(3), "\"2024-02-29 13:14:15Z\"", "2024-02-29T13:14:15Z"),
        ([:], .time(0), "\"13:14:15Z\"", "13:14:15"),
        (["decimal.handling.mode": "precise"], .decimal(10, 2), "\"AlQL4/8=\"", "99999999.99"),
        (["decimal.handling.mode": "precise"], .decimal(10, 2), "\"/w==\"", "-0.01"),
        (
            ["decimal.handling.mode": "precise"], .decimal(20, 0), "\"AKtUqYzrHwrS\"",
            "12345678901234567890"
        ),
        (
            ["decimal.handling.mode": "precise"], .decimal(38, 5), "\"CUmw9vACMxPESZBQ3jhxGQ==\"",
            "123456789012345678901234567890123.12345"
        ),
        (["decimal.handling.mode": "precise"], .decimal(10, 2), "1.5", "1.50"),
        ([:], .decimal(10, 2), "{\"scale\":3,\"value\":\"BNI=\"}", "1.23"),
        ([:], .decimal(10, 2), "\"12.345\"", "12.35"), ([:], .decimal(10, 2), "12.3", "12.30"),
        (["binary.handling.mode": "hex"], .bytes, "\"00ff\"", "[0, -1]"),
        (["binary.handling.mode": "base64-url-safe"], .bytes, "\"_-8\"", "[-1, -17]"),
        ([:], .bytes, "\"3q0=\"", "[-34, -83]"), ([:], .double, "\"NaN\"", "NaN"),
        ([:], .string, "1.50", "1.5"), ([:], .string, "-0", "0"),
        ([:], .string, "{\"a\": 1.0}", "{\"a\":1.0}"),
        ([:], .array(.decimal(5, 1)), "[{\"scale\":1,\"value\":\"Dw==\"},null]", "[1.5, null]"),
    ])
    func `each of Debezium's encodings is read`(
        _ options: [String: String],
        _ type: DataType,
        _ value: String,
        _ expected: String
    ) throws {
        var decoding = Decoding([("v", type)], options)
        decoding.format = DebeziumFormat()
        let record = #"{"before":null,"after":{"v":\#(value)},"op":"c"}"#
        #expect(try decoding.rows(record) == ["+I[\(expected)]"])
    }

    @Test(arguments: [
        ([:], DataType.time(3), "47655123456"), ([:], .decimal(10, 2), "\"AlQL4/8=\""),
        ([:], .decimal(10, 2), "\"NaN\""), ([:], .date, "99999999999"), ([:], .time(0), "-1"),
        (["decimal.handling.mode": "precise"], .decimal(4, 2), "\"AlQL4/8=\""),
        (["decimal.handling.mode": "precise"], .decimal(10, 2), "\"A\""),
        (["decimal.handling.mode": "precise"], .decimal(10, 2), "\"\""),
        (["binary.handling.mode": "hex"], .bytes, "\"0g\""), ([:], .timestamp(3), "1.5"),
    ])
    func `a value in another encoding is refused, never guessed`(
        _ options: [String: String],
        _ type: DataType,
        _ value: String
    ) {
        var decoding = Decoding([("v", type)], options)
        decoding.format = DebeziumFormat()
        let message = decoding.error(#"{"before":null,"after":{"v":\#(value)},"op":"c"}"#)
        #expect(message.hasPrefix("Fail to deserialize at field: v."), "\(message)")
    }

    @Test func `the scanner and the strict reader agree on damaged events`() throws {
        var mutator = SeededMutator(seed: 3)
        var decoding = Self.decoding()
        decoding.columns += [
            TableColumn("table", .string, metadataKey: "source.table", isVirtual: true),
            TableColumn("d", .decimal(10, 2)), TableColumn("l", .array(.string)),
        ]
        decoding.options = ["decimal.handling.mode": "precise"]
        let image = #"{"id":1,"name":"a","at":1709212455123,"d":"AlQL4/8=","l":["x",null]}"#
        let templates = [
            #"{"before":\#(image),"after":\#(image),"source":{"table":"t"},"op":"u"}"#,
            #"{"before":null,"after":\#(image),"source":{"table":"t","ts_ms":5},"op":"c"}"#,
            #"{"before":\#(image),"after":null,"source":{"x":[1]},"op":"d","transaction":null}"#,
        ]
        let pieces = [
            "\"op\":\"d\"", "null", "{", "}", "\"", ",", image, "\"before\":null,", "-1", "\n",
        ]
        let fastErrors = CollectedRecords()
        let strictErrors = CollectedRecords()
        let fast = try decoding.decoder(fastErrors)
        let strict = try StrictDecoding.debezium(
            decoding.table,
            decoding.formatOptions,
            decoding.projection,
            errors: strictErrors
        )
        for round in 0..<6000 {
            let bytes = mutator.mutate(Array(templates[round % 3].utf8), pieces)
            let fastRows = try Decoding.rows(bytes, fast, batchRows: 2)
            let strictRows = try Decoding.rows(bytes, strict, batchRows: 2)
            try #require(fastRows == strictRows, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(fastErrors.records.map(\.message) == strictErrors.records.map(\.message))
        #expect(strictErrors.records.count > 500)
        #expect(fast.statistics.records - strictErrors.records.count > 500)
    }
}
