import Columnar
import Connectors
import Core
import TestKit
import Testing

@Suite struct DatagenValuesTests {
    /// The batches of a table of 2,000 rows.
    private func column(
        _ type: DataType,
        _ options: [String: String] = [:],
        rows: Int = 2000
    ) throws -> Column {
        let table = TableDefinition(
            path: "t",
            columns: [TableColumn("f", type)],
            options: [
                "connector": "datagen", "rows-per-second": "1000000000", "seed": "1",
                "number-of-rows": "\(rows)",
            ].merging(options) { $1 }
        )
        let driver = SourceDriver(
            DatagenFactory(),
            [SourceRequest(table: table, projection: .all(of: table))]
        )
        driver.batchRows = 777
        try driver.start(parallelism: 1)
        let ended = try driver.run { driver.isFinished }
        #expect(ended)
        let batches = driver.delivered.map(\.batch)
        #expect(batches.allSatisfy { $0.count <= 777 })
        return RecordBatch.concatenate(batches, types: [type]).columns[0]
    }

    private func integers(_ column: Column) -> [Int64] {
        (0..<column.count).map { column.scalar($0).integer }
    }

    @Test func `whole numbers stay in their range and reach both ends`() throws {
        for type in [DataType.tinyint, .smallint, .integer, .bigint] {
            let values = integers(
                try column(type, ["fields.f.min": "-3", "fields.f.max": "4"])
            )
            #expect(values.min() == -3 && values.max() == 4)
        }
        let all = integers(try column(.tinyint))
        #expect(all.min() == -128 && all.max() == 127)
        let wide = integers(try column(.bigint))
        #expect((wide.min() ?? 0) < -(1 << 62) && (wide.max() ?? 0) > 1 << 62)
    }

    @Test func `floating-point numbers and decimals stay in their range`() throws {
        let range = ["fields.f.min": "-1.5", "fields.f.max": "2.5"]
        for type in [DataType.float, .double] {
            let column = try column(type, range)
            let values = (0..<column.count).map { column.scalar($0).number }
            #expect(values.allSatisfy { $0 >= -1.5 && $0 <= 2.5 })
            #expect((values.min() ?? 0) < -1.4 && (values.max() ?? 0) > 2.4)
        }
        let money = integers(try column(.decimal(5, 2), range))
        #expect(money.allSatisfy { $0 >= -150 && $0 <= 250 })
        #expect((money.min() ?? 0) < -140 && (money.max() ?? 0) > 240)
        let large = try column(.decimal(38, 10))
        #expect((0..<large.count).allSatisfy { large.scalar($0).wideInteger >= 0 })
        let small = integers(try column(.decimal(3, 3), ["fields.f.min": "-5"]))
        #expect(small.allSatisfy { $0 > -1000 && $0 < 1000 })
    }

    @Test func `text is hexadecimal and as long as asked for`() throws {
        let text = try column(.string).byteStrings
        #expect((0..<text.count).allSatisfy { text.length($0) == 100 })
        #expect(text.string(0).allSatisfy { "0123456789abcdef".contains($0) })
        #expect(Set(text.strings).count == 2000)
        let varying = try column(
            .string,
            ["fields.f.length": "9", "fields.f.var-len": "true"]
        ).byteStrings
        #expect(Set((0..<varying.count).map { varying.length($0) }) == Set(1...8))
        let fixed = try column(DataType(.char(length: 5))).byteStrings
        #expect((0..<fixed.count).allSatisfy { fixed.length($0) == 5 })
        let bytes = try column(DataType(.binary(length: 3))).byteStrings
        #expect((0..<bytes.count).allSatisfy { bytes.length($0) == 3 })
    }

    @Test func `a seed fixes the time of each row`() throws {
        let options = ["rows-per-second": "1000"]
        let stamps = integers(try column(.timestamp(3), options, rows: 3))
        #expect(stamps == [0, 1, 2].map { (1_704_067_200_000 + $0) * 1000 })
        let nanoseconds = integers(try column(.timestampLTZ(9), options, rows: 2))
        #expect(nanoseconds == [1_704_067_200_000_000_000, 1_704_067_200_001_000_000])
        #expect(integers(try column(.date, options, rows: 1)) == [19_723])
        #expect(integers(try column(.time(0), options, rows: 3)) == [0, 1, 2])
        let past = integers(try column(.timestamp(3), ["fields.f.max-past": "1 s"]))
        #expect(past.allSatisfy { $0 <= 1_704_067_200_000_000 + 2 })
        #expect((past.min() ?? 0) < 1_704_067_199_100_000)
    }

    @Test func `collections and rows have generators of their own`() throws {
        let array = try column(
            .array(.integer),
            ["fields.f.length": "2", "fields.f.element.min": "1", "fields.f.element.max": "6"]
        )
        let dice = integers(array.lists.elements)
        #expect(dice.count == 4000 && dice.min() == 1 && dice.max() == 6)
        let map = try column(
            .map(.integer, .boolean),
            ["fields.f.key.min": "0", "fields.f.key.max": "1"]
        )
        for row in 0..<map.count {
            let entries = map.scalar(row).children
            #expect(entries.count <= 4)
            let keys = stride(from: 0, to: entries.count, by: 2).map { entries[$0].integer }
            #expect(Set(keys).count == keys.count)
        }
        let multiset = try column(DataType(.multiset(.string)))
        #expect(integers(multiset.maps.values).allSatisfy { (0...10).contains($0) })
        let row = try column(
            .row([RowField("a", .tinyint), RowField("b", .string)]),
            ["fields.f.a.max": "0", "fields.f.b.length": "1", "fields.f.b.null-rate": "1"]
        )
        #expect(integers(row.fieldColumns[0]).allSatisfy { $0 <= 0 })
        #expect(row.fieldColumns[1].nullCount == 2000)
    }

    @Test func `NULLs come at their rate`() throws {
        let half = try column(.integer, ["fields.f.null-rate": "0.5"]).nullCount
        #expect(half > 800 && half < 1200)
        #expect(try column(.boolean).nullCount == 0)
    }

    @Test func `intervals lie in Flink's ranges`() throws {
        let months = DataType(.intervalYearMonth(IntervalFields(from: .year, to: .month)))
        #expect(integers(try column(months)).allSatisfy { (0...120_000).contains($0) })
        let days = DataType(.intervalDayTime(IntervalFields(from: .day)))
        let day = ["fields.f.min": "0", "fields.f.max": "86400000"]
        #expect(integers(try column(days, day)).allSatisfy { (0...86_400_000).contains($0) })
    }

    @Test func `wide rows come in small batches and too wide ones are refused`() throws {
        let text = try column(.string, ["fields.f.length": "10000000"], rows: 3).byteStrings
        #expect(text.length(2) == 10_000_000)
        let deep = DataType.array(.array(.string))
        #expect(throws: ConnectorError.self) {
            try column(deep, ["fields.f.length": "1000", "fields.f.element.length": "1000000"])
        }
    }

    @Test(arguments: [
        (["fields.f.kind": "counting"], "Expected one of: [random, sequence]."),
        (["fields.f.kind": "sequence"], "required property 'fields.f.start'"),
        (
            ["fields.f.kind": "sequence", "fields.f.start": "1"],
            "required property 'fields.f.end'"
        ),
        (
            ["fields.f.kind": "sequence", "fields.f.start": "2", "fields.f.end": "1"],
            "It must not be less than 'fields.f.start'."
        ),
        (
            ["fields.f.kind": "sequence", "fields.f.start": "0", "fields.f.end": "128"],
            "It does not fit TINYINT."
        ),
        (["fields.f.min": "2", "fields.f.max": "1"], "It must not be above 'fields.f.max'."),
        (["fields.f.max": "300"], "Expected a whole number from -128 to 127."),
        (["fields.f.null-rate": "2"], "Expected a number from 0 to 1."),
        (["fields.f.lenght": "2"], "Unsupported options found for 'datagen'."),
        (["fields.g.min": "2"], "fields.g.min: Did you mean 'fields.f.min'?"),
        (["rows-per-second": "0"], "Invalid value '0' for option 'rows-per-second'"),
    ])
    func `wrong options are refused with a reason`(
        _ options: [String: String],
        _ reason: String
    ) {
        let table = TableDefinition(
            path: "t",
            columns: [TableColumn("f", .tinyint)],
            options: ["connector": "datagen"].merging(options) { $1 }
        )
        do {
            _ = try DatagenFactory().source(table)
            Issue.record("no error")
        } catch {
            #expect(error.message.contains(reason), "\(error.message)")
        }
    }

    @Test func `a reader that may not go on yet can be interrupted`() throws {
        let table = TableDefinition(
            path: "t",
            columns: [TableColumn("f", .integer)],
            options: ["connector": "datagen", "rows-per-second": "1"]
        )
        let time = ManualTime()
        let context = SourceContext(
            subtask: 0,
            parallelism: 1,
            batchRows: 10,
            time: time,
            jobID: JobID(text: "00112233445566778899aabbccddeeff"),
            claim: 1,
            report: { _ in }
        )
        let request = SourceRequest(table: table, projection: .all(of: table))
        let factory = DatagenFactory()
        let enumerator = try factory.makeEnumerator([request], context)
        try enumerator.start()
        let reader = try factory.makeReader([request], context)
        guard case .split(let split) = try enumerator.nextSplit(forSubtask: 0) else {
            Issue.record("no split")
            return
        }
        try reader.assign(split)
        reader.interruption()
        guard case .idle = try reader.read(waitingMicroseconds: 3_600_000_000) else {
            Issue.record("a row before its time")
            return
        }
        time.advance(byMicroseconds: 1_000_000)
        guard case .batch(let batch, _) = try reader.read(waitingMicroseconds: 0) else {
            Issue.record("no row in time")
            return
        }
        #expect(batch.count == 1)
        guard case .idle = try reader.read(waitingMicroseconds: 0) else {
            Issue.record("a second row before its time")
            return
        }
        reader.close()
    }
}
