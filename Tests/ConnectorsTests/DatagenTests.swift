import Columnar
import Connectors
import Core
import TestKit
import Testing

@Suite struct DatagenTests {
    private func table(
        _ columns: [TableColumn],
        _ options: [String: String]
    ) -> TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: columns,
            options: ["connector": "datagen", "rows-per-second": "1000000000"]
                .merging(options) { $1 }
        )
    }

    private func driver(_ table: TableDefinition, _ paths: [[Int]]? = nil) -> SourceDriver {
        let projection = paths.map { ScanProjection(paths: $0) } ?? .all(of: table)
        return SourceDriver(
            DatagenFactory(),
            [SourceRequest(table: table, projection: projection)]
        )
    }

    private func rows(
        _ table: TableDefinition,
        _ paths: [[Int]]? = nil,
        parallelism: Int = 1
    ) throws -> [String] {
        let driver = driver(table, paths)
        try driver.start(parallelism: parallelism)
        let ended = try driver.run { driver.isFinished }
        #expect(ended)
        return driver.rows()
    }

    private func message(_ columns: [TableColumn], _ options: [String: String]) -> String {
        do {
            _ = try DatagenFactory().source(table(columns, options))
            return "no error"
        } catch {
            #expect(error.blame == .user)
            return error.message
        }
    }

    private let sequence = [
        "fields.id.kind": "sequence", "fields.id.start": "1", "fields.id.end": "5000",
    ]

    @Test func `a sequence counts from its start to its end in order`() throws {
        let table = table([TableColumn("id", .bigint)], sequence)
        #expect(try rows(table) == (1...5000).map { "+I[\($0)]" })
    }

    @Test(arguments: [2, 3, 7])
    func `parallel readers share a sequence without loss or doubling`(_ readers: Int) throws {
        let table = table([TableColumn("id", .integer)], sequence)
        let rows = try rows(table, parallelism: readers)
        #expect(Set(rows) == Set((1...5000).map { "+I[\($0)]" }))
        #expect(rows.count == 5000)
    }

    @Test func `a seed gives the same rows at every parallelism`() throws {
        let columns = [
            TableColumn("id", .bigint), TableColumn("name", .string),
            TableColumn("price", .decimal(10, 2)), TableColumn("ts", .timestamp(3)),
            TableColumn("tags", .array(.integer)),
        ]
        let options = [
            "seed": "42", "number-of-rows": "3000", "fields.name.length": "10",
            "fields.id.null-rate": "0.2", "fields.ts.max-past": "1 h",
        ]
        let one = try rows(table(columns, options))
        let three = try rows(table(columns, options), parallelism: 3)
        #expect(one.count == 3000)
        #expect(one.sorted() == three.sorted())
        #expect(Set(one).count == 3000)
        let other = try rows(table(columns, options.merging(["seed": "43"]) { $1 }))
        #expect(Set(one).isDisjoint(with: other))
    }

    @Test func `the columns that a query leaves out do not change the others`() throws {
        let nested = DataType.row([RowField("a", .integer), RowField("b", .string.notNull)])
        let columns = [
            TableColumn("x", .integer), TableColumn("r", nested), TableColumn("y", .double),
        ]
        let options = ["seed": "7", "number-of-rows": "50", "fields.r.null-rate": "0.5"]
        let all = try rows(table(columns, options))
        let some = try rows(table(columns, options), [[2], [1, 1]])
        #expect(some.count == 50)
        for (row, part) in zip(all, some) {
            let y = row.dropFirst(3).dropLast().split(separator: ", ").last ?? ""
            #expect(part.hasPrefix("+I[\(y), "))
            #expect(row.contains(", null, ") == part.hasSuffix(", null]"))
        }
        #expect(some.contains { $0.hasSuffix(", null]") })
        #expect(some.contains { !$0.hasSuffix(", null]") })
    }

    @Test(arguments: [(1, 3), (3, 1), (2, 3), (3, 2), (2, 2)])
    func `a restore at another parallelism goes on at the very next row`(
        _ before: Int,
        _ after: Int
    ) throws {
        let table = table([TableColumn("id", .bigint)], sequence)
        let driver = driver(table)
        try driver.start(parallelism: before)
        for _ in 0..<7 { try driver.step() }
        try driver.checkpoint(roundsBetween: 3)
        for _ in 0..<5 { try driver.step() }
        driver.crash()
        try driver.start(parallelism: after)
        for _ in 0..<2 { try driver.step() }
        try driver.checkpoint(roundsBetween: 2)
        for _ in 0..<9 { try driver.step() }
        try driver.checkpoint()
        try driver.step()
        driver.crash()
        try driver.start(parallelism: before)
        let ended = try driver.run { driver.isFinished }
        #expect(ended)
        let rows = driver.rows()
        #expect(rows.count == 5000)
        #expect(Set(rows) == Set((1...5000).map { "+I[\($0)]" }))
    }

    @Test func `a source without an end goes on`() throws {
        let table = table([TableColumn("flag", .boolean)], [:])
        #expect(try !DatagenFactory().source(table).isBounded)
        let driver = driver(table)
        try driver.start(parallelism: 2)
        let got = try driver.run { driver.rows().count > 2000 }
        #expect(got)
        #expect(!driver.isFinished)
    }

    @Test func `a row count or a sequence bounds the source`() throws {
        let columns = [TableColumn("id", .bigint)]
        #expect(
            try DatagenFactory().source(table(columns, ["number-of-rows": "5"])).isBounded
        )
        #expect(try DatagenFactory().source(table(columns, sequence)).isBounded)
        let short = sequence.merging(["number-of-rows": "3"]) { $1 }
        #expect(try rows(table(columns, short)) == ["+I[1]", "+I[2]", "+I[3]"])
        #expect(try rows(table(columns, ["number-of-rows": "0"]), parallelism: 2).isEmpty)
    }

    @Test func `sequences take the form of every type that Flink counts in`() throws {
        let columns = [
            TableColumn("a", .tinyint), TableColumn("b", .smallint), TableColumn("c", .integer),
            TableColumn("d", .float), TableColumn("e", .double), TableColumn("f", .decimal(10, 2)),
            TableColumn("g", .decimal(30, 1)), TableColumn("h", .string), TableColumn("i", .bytes),
        ]
        var options: [String: String] = [:]
        for column in columns {
            options["fields.\(column.name).kind"] = "sequence"
            options["fields.\(column.name).start"] = "-1"
            options["fields.\(column.name).end"] = "0"
        }
        #expect(
            try rows(table(columns, options)) == [
                "+I[-1, -1, -1, -1.0, -1.0, -1.00, -1.0, -1, [-1, -1, -1, -1, -1, -1, -1, -1]]",
                "+I[0, 0, 0, 0.0, 0.0, 0.00, 0.0, 0, [0, 0, 0, 0, 0, 0, 0, 0]]",
            ]
        )
    }
}
