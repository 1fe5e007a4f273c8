import Columnar
import Formats
import FoundationEssentials
import Testing

/// Decodes what a real Debezium wrote and compares with what PostgreSQL held (Tests/Debezium).
@Suite struct DebeziumFilesTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Debezium")

    /// The rows of each table at each stage, as `golden.txt` has them.
    private static let golden: [String: [String: [[String]]]] = {
        var stages: [String: [String: [[String]]]] = [:]
        var stage = ""
        var table = ""
        let text =
            (try? String(contentsOf: folder.appending(path: "golden.txt"), encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix("## ") {
                table = String(line.dropFirst(3))
                stages[stage, default: [:]][table] = []
            } else if line.hasPrefix("# ") {
                stage = String(line.dropFirst(2))
            } else {
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
                stages[stage]?[table]?.append(cells.map { unescape(String($0)) })
            }
        }
        return stages
    }()

    private static func unescape(_ cell: String) -> String {
        cell == "\\N" ? "null" : cell.replacing("\\\\", with: "\\")
    }

    /// A table of the database, how it is declared, and which topics feed it.
    struct Table: CustomTestStringConvertible, Sendable {
        let name: String
        var topics: [String] = []
        let columns: [(String, DataType)]
        var key: [Int] = [0]
        /// The columns that are compared, by stage; all when there is none.
        var compared: [String: [Int]] = [:]

        var testDescription: String { name }
    }

    private static let allTypes: [(String, DataType)] = [
        ("id", .bigint), ("b", .boolean), ("i2", .smallint), ("i4", .integer), ("i8", .bigint),
        ("r", .float), ("d", .double), ("n", .decimal(38, 9)), ("n102", .decimal(10, 2)),
        ("n20", .decimal(20, 0)), ("n385", .decimal(38, 5)), ("m", .decimal(19, 2)), ("c", .string),
        ("vc", .string), ("t", .string), ("ci", .string), ("bin", .bytes), ("u", .string),
        ("j", .string), ("jb", .string), ("x", .string), ("dt", .date), ("tm", .time(6)),
        ("tm3", .time(3)), ("tmtz", .string), ("ts", .timestamp(6)), ("ts0", .timestamp(0)),
        ("ts3", .timestamp(3)), ("tstz", .timestampLTZ(6)), ("iv", .bigint),
        ("ia", .array(.integer)),
        ("ta", .array(.string)), ("na", .array(.decimal(38, 2))), ("ua", .array(.string)),
        ("tsa", .array(.timestampLTZ(6))), ("e", .string), ("ip", .string), ("cd", .string),
        ("mac", .string), ("b1", .boolean), ("bv", .bytes),
        ("pt", .row([RowField("x", .double), RowField("y", .double)])), ("hs", .string),
        ("lt", .string), ("rg", .string), ("tr", .string), ("o", .bigint), ("dm", .integer),
        ("dv", .string),
    ]

    static let tables: [Table] = [
        Table(name: "all_types", columns: allTypes),
        Table(
            name: "comp",
            columns: [("a", .integer), ("b", .string), ("c", .decimal(6, 2)), ("extra", .string)],
            key: [0, 1],
            compared: ["setup": [0, 1, 2], "middle": [0, 1], "final": [0, 1, 3]]
        ),
        Table(
            name: "full_ri",
            columns: [("id", .integer), ("v", .string), ("n", .decimal(10, 2))]
        ),
        Table(name: "toasty", columns: [("id", .integer), ("small", .integer)]),
        Table(
            name: "toasty_full",
            columns: [("id", .integer), ("big", .string), ("small", .integer)]
        ),
        Table(name: "nopk", columns: [("a", .integer), ("b", .string)], key: []),
        Table(
            name: "ri_idx",
            columns: [("id", .integer), ("code", .string), ("v", .string)],
            key: [1]
        ),
        Table(name: "Mixed_Case", columns: [("Id", .integer), ("Val-1", .string)]),
        Table(
            name: "part",
            topics: ["part_eu", "part_us"],
            columns: [("id", .integer), ("region", .string), ("v", .integer)],
            key: [0, 1]
        ),
        Table(name: "endmarker", columns: [("id", .integer)]),
    ]

    static let exactFiles: [(file: String, options: [String: String])] = [
        ("default-noschema", ["decimal.handling.mode": "precise"]),
        ("default-schema", ["schema-include": "true"]),
        (
            "time-adaptive_time_microseconds",
            [
                "decimal.handling.mode": "precise",
                "time.precision.mode": "adaptive_time_microseconds",
            ]
        ),
    ]

    @Test(arguments: exactFiles, tables)
    func `the decoded table is what PostgreSQL held`(
        _ source: (file: String, options: [String: String]),
        _ table: Table
    ) throws {
        try Self.compare(source.file, source.options, table, golden: table.name)
    }

    /// Columns whose values these settings keep only in part, as far as they keep them.
    private static let lossyTypes = Table(
        name: "all_types",
        columns: [
            ("id", .bigint), ("n", .double), ("n102", .double), ("n20", .double),
            ("n385", .double), ("m", .double), ("tm", .time(3)), ("tm3", .time(3)),
            ("ts", .timestamp(3)), ("ts0", .timestamp(0)), ("ts3", .timestamp(3)),
            ("tstz", .timestampLTZ(6)), ("na", .array(.double)), ("bin", .bytes),
            ("hs", .map(.string, .string)),
        ]
    )

    @Test func `lossy settings give what they keep of the values`() throws {
        let options = ["time.precision.mode": "connect", "binary.handling.mode": "base64"]
        let file = "decimal-double_time-connect"
        try Self.compare(file, options, Self.lossyTypes, golden: "all_types_double")
        for table in Self.tables.dropFirst() {
            try Self.compare(file, options, table, golden: table.name)
        }
    }

    @Test func `a TOAST value that was not sent is refused by the column's name`() throws {
        let table = Table(
            name: "toasty",
            columns: [("id", .integer), ("big", .string), ("small", .integer)]
        )
        let errors = CollectedRecords()
        let decoder = try Self.decoder(table, [:], errors)
        for (topic, value) in try Self.records("default-noschema") where topic == "toasty" {
            try decoder.decode(message: value?.span, at: 0)
        }
        #expect(errors.records.count == 1)
        #expect(errors.records.first?.message.contains("column 'big' was not sent") == true)
    }

    @Test func `a NUMERIC that is NaN is refused in double mode`() throws {
        let table = Table(name: "all_types", columns: [("id", .bigint), ("n", .decimal(38, 9))])
        let errors = CollectedRecords()
        let decoder = try Self.decoder(table, ["time.precision.mode": "connect"], errors)
        for (topic, value) in try Self.records("decimal-double_time-connect")
        where topic == "all_types" {
            try decoder.decode(message: value?.span, at: 0)
        }
        #expect(errors.records.map(\.message).allSatisfy { $0.contains("field: n.") })
        #expect(!errors.records.isEmpty)
    }

    // The state of the table is kept by its key, and by the whole row where there is none.
    private static func compare(
        _ file: String,
        _ options: [String: String],
        _ table: Table,
        golden name: String
    ) throws {
        let decoder = try decoder(table, options, FailingRecords())
        var state: [String: [String]] = [:]
        var stage = "setup"
        var truncations = 0
        let topics = table.topics.isEmpty ? [table.name] : table.topics
        func check() {
            let columns = table.compared[stage] ?? Array(table.columns.indices)
            let rows = state.values.map { row in columns.map { row[$0] } }
            guard let expected = golden[stage]?[name] else {
                Issue.record("golden.txt has no \(stage) \(name)")
                return
            }
            let types = columns.map { table.columns[$0].1 }
            #expect(
                normalised(rows, types).sorted() == normalised(expected, types).sorted(),
                "\(file) \(name) \(stage)"
            )
        }
        for (topic, value) in try records(file) {
            // The first streamed event follows the snapshot; TRUNCATE events mark the last stage.
            if stage == "setup", topic == "transaction" {
                check()
                stage = "middle"
            }
            if stage == "middle", topic == "comp", let value, value.contains(#""op":"t""#.utf8) {
                check()
                stage = "final"
            }
            guard topics.contains(topic) else { continue }
            try decoder.decode(message: value?.span, at: 0)
            if decoder.statistics.truncations > truncations {
                truncations += 1
                state = [:]
            }
            apply(decoder.finishBatch(), table, &state)
        }
        #expect(stage == "final")
        check()
    }

    private static func apply(
        _ batch: RecordBatch,
        _ table: Table,
        _ state: inout [String: [String]]
    ) {
        for row in 0..<batch.count {
            let cells = batch.columns.map { cell($0, row) }
            let key = (table.key.isEmpty ? Array(cells.indices) : table.key).map { cells[$0] }
            let name = key.joined(separator: "|")
            state[name] = batch.kinds[row].isRetraction ? nil : cells
        }
    }

    /// A value as golden.sql writes it.
    private static func cell(_ column: Column, _ row: Int) -> String {
        if column.isNull(row) { return "null" }
        switch (column.type.kind, column.scalar(row)) {
        case (.varbinary, .bytes(let bytes)):
            return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case (.date, .int(let value)), (.time, .int(let value)), (.timestamp, .int(let value)),
            (.timestampLTZ, .int(let value)):
            return String(value)
        default:
            var output = BytesBuilder(reserving: 1)
            PrintFormat().write(column, row, to: &output)
            output.endValue()
            return output.finish().string(0)
        }
    }

    /// Numbers by value: the two sides write them in different forms.
    private static func normalised(_ rows: [[String]], _ types: [DataType]) -> [String] {
        rows.map { row in
            zip(row, types).map { cell, type in
                switch type.kind {
                case .float, .double: return Double(cell).map { "\($0)" } ?? cell
                case .decimal:
                    // PostgreSQL writes all digits, `print` small numbers with an exponent.
                    guard let value = ScalarValue(parsing: cell, type) else { return cell }
                    let column = Column.fromScalars([value], type)
                    let printed = RecordBatch([column], count: 1).printedRows[0]
                    return String(printed.dropFirst("+I[".count).dropLast())
                default: return cell
                }
            }.joined(separator: "\t")
        }
    }

    private static func decoder(
        _ table: Table,
        _ options: [String: String],
        _ errors: any UndecodableRecords
    ) throws -> any RecordDecoder {
        var decoding = Decoding(table.columns, options)
        decoding.format = DebeziumFormat()
        decoding.primaryKey = table.key
        if !table.key.isEmpty { decoding.options["changelog-mode"] = "upsert" }
        return try decoding.decoder(errors)
    }

    /// The topics (without prefix) and values of a file.
    private static func records(_ file: String) throws -> [(topic: String, value: [UInt8]?)] {
        let path = folder.appending(path: "\(file).jsonl")
        let text = try String(contentsOf: path, encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let topic = try #require(line.firstRange(of: #""topic":"srv."#)).upperBound
            let end = try #require(line[topic...].firstIndex(of: "\""))
            let start = try #require(line.firstRange(of: #","value":"#)).upperBound
            let value = line[start...].dropLast()
            let name = line[topic..<end].replacing("inv.", with: "")
            return (String(name), value == "null" ? nil : Array(value.utf8))
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: String.UTF8View) -> Bool {
        let part = Array(part)
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains {
            self[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}
