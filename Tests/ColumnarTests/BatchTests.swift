import Columnar
import Testing

@Suite struct BatchTests {
    private let types: [DataType] = [.bigint, .string, .decimal(10, 2), .timestamp(3), .boolean]

    private func sample() throws -> RecordBatch {
        try RecordBatch(
            """
            +I 1 apple 1.50 2024-03-01T10:00 true
            -U . "two words" . 1969-12-31T23:59:59.999 false
            +U 3 . -0.05 2024-03-01T10:00:00.120 .
            -D -4 "" 99999999.99 . true
            """,
            types
        )
    }

    @Test func `a batch written as text prints as Flink's print connector does`() throws {
        let batch = try sample()
        #expect(
            batch.printedRows == [
                "+I[1, apple, 1.50, 2024-03-01T10:00, true]",
                "-U[null, two words, null, 1969-12-31T23:59:59.999, false]",
                "+U[3, null, -0.05, 2024-03-01T10:00:00.120, null]",
                "-D[-4, , 99999999.99, null, true]",
            ]
        )
    }

    @Test func `small decimals print in scientific notation, as Java's BigDecimal`() {
        let types: [DataType] = [.decimal(20, 16), .decimal(10, 7), .decimal(10, 6)]
        let values: [[ScalarValue]] = [
            [.int128(0), .int128(-33)], [.int(-12), .int(12_345_678)], [.int(1), .int(0)],
        ]
        let columns = zip(values, types).map { Column.fromScalars($0, $1) }
        #expect(
            RecordBatch(columns, count: 2).printedRows == [
                "+I[0E-16, -0.0000012, 0.000001]", "+I[-3.3E-15, 1.2345678, 0.000000]",
            ]
        )
    }

    @Test func `intervals print as Java's Period and Duration`() {
        func printed(_ type: DataType, _ value: Int64) -> String {
            let column = Column.fromScalars([.int(value)], type)
            return RecordBatch([column], count: 1).printedRows[0]
        }
        let years = DataType(.intervalYearMonth(IntervalFields(from: .year)))
        let months = DataType(.intervalYearMonth(IntervalFields(from: .month)))
        let both = DataType(.intervalYearMonth(IntervalFields(from: .year, to: .month)))
        #expect(printed(years, 24) == "+I[P2Y]")
        #expect(printed(months, 14) == "+I[P14M]")
        #expect(printed(both, 14) == "+I[P1Y2M]")
        #expect(printed(both, -13) == "+I[P-1Y-1M]")
        #expect(printed(both, 0) == "+I[P0D]")
        let seconds = DataType(.intervalDayTime(IntervalFields(from: .day, to: .second)))
        #expect(printed(seconds, 0) == "+I[PT0S]")
        #expect(printed(seconds, 86_400_000) == "+I[PT24H]")
        #expect(printed(seconds, 61_500) == "+I[PT1M1.5S]")
        #expect(printed(seconds, -60_500) == "+I[PT-1M-0.5S]")
        #expect(printed(seconds, 3_600_007) == "+I[PT1H0.007S]")
    }

    @Test func `gathering repeats, drops and pads rows`() throws {
        let batch = try sample().withKinds(.insertOnly)
        let gathered = batch.gather(FixedValues<Int32>([3, 0, 0, -1]))
        #expect(
            gathered.printedRows == [
                "+I[-4, , 99999999.99, null, true]",
                "+I[1, apple, 1.50, 2024-03-01T10:00, true]",
                "+I[1, apple, 1.50, 2024-03-01T10:00, true]",
                "+I[null, null, null, null, null]",
            ]
        )
    }

    @Test(arguments: [1, 63, 64, 65, 200])
    func `slices and concatenation are inverse at every word boundary`(count: Int) throws {
        let numbers = (0..<count).map { $0 % 5 == 0 ? ScalarValue.null : .int(Int64($0)) }
        let texts = (0..<count).map { ScalarValue.text(String(repeating: "x", count: $0 % 40)) }
        let flags = (0..<count).map { ScalarValue.bool($0 % 3 == 0) }
        let batch = RecordBatch(
            [
                .fromScalars(numbers, .bigint), .fromScalars(texts, .string),
                .fromScalars(flags, .boolean),
            ],
            count: count
        )
        for cut in [0, 1, count / 3, count / 2, count - 1, count] {
            let pieces = [batch.slice(0..<cut), batch.slice(cut..<count)]
            let joined = RecordBatch.concatenate(pieces, types: [.bigint, .string, .boolean])
            #expect(joined.printedRows == batch.printedRows)
        }
    }

    @Test func `nested columns gather, slice and concatenate`() throws {
        let type = DataType.row([
            RowField("tags", .array(.string)), RowField("counts", .map(.string, .integer)),
        ])
        let column = Column.fromScalars(
            [
                .row([.list([.text("a"), .null]), .map([.text("k"), .int(1)])]),
                .null,
                .row([.list([]), .null]),
                .row([.null, .map([.text("x"), .int(2), .text("y"), .null])]),
            ],
            type
        )
        let batch = RecordBatch([column], count: 4)
        let printed = [
            "+I[+I[[a, null], {k=1}]]", "+I[null]", "+I[+I[[], null]]",
            "+I[+I[null, {x=2, y=null}]]",
        ]
        #expect(batch.printedRows == printed)
        #expect(
            batch.gather(FixedValues<Int32>([3, 0])).printedRows == [printed[3], printed[0]]
        )
        let joined = RecordBatch.concatenate(
            [batch.slice(2..<4), batch.slice(0..<3)],
            types: [type]
        )
        #expect(joined.printedRows == [2, 3, 0, 1, 2].map { printed[$0] })
    }

    @Test func `a filter keeps the rows whose bit is one`() throws {
        let batch = try sample()
        let kept = batch.filter(Bitmap([true, false, true, false]))
        #expect(kept.printedRows == [batch.printedRows[0], batch.printedRows[2]])
    }

    @Test(arguments: [
        (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (1.0e7, "1.0E7"), (9_999_999.0, "9999999.0"),
        (0.001, "0.001"), (0.0001, "1.0E-4"), (123456789.125, "1.23456789125E8"),
        (0.1 + 0.2, "0.30000000000000004"), (1.0e300, "1.0E300"), (.infinity, "Infinity"),
        (-.infinity, "-Infinity"), (.nan, "NaN"), (100.0, "100.0"), (-12.5, "-12.5"),
    ])
    func `doubles are written as Java writes them`(number: Double, text: String) {
        var output = BytesBuilder()
        NumberText.write(number, to: &output)
        output.endValue()
        #expect(output.finish().string(0) == text)
    }

    @Test func `every day of a wide range converts there and back`() {
        for days in stride(from: -800_000, through: 3_000_000, by: 37) {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.isValid)
            #expect(date.daysSinceEpoch == days)
        }
        #expect(CivilDate(daysSinceEpoch: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(CivilDate(daysSinceEpoch: 19_782) == CivilDate(year: 2024, month: 2, day: 29))
    }
}
