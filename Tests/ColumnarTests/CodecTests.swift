import Columnar
import Testing

@Suite struct CodecTests {
    static let typeSets: [[DataType]] = [
        [.bigint],
        [.bigint.notNull],
        [.string],
        [.string.notNull],
        [.string, .string],
        [.integer, .string, .boolean],
        [.tinyint, .smallint, .float, .double],
        [.decimal(10, 2), .decimal(38, 5)],
        [.string.notNull, .timestamp(3).notNull],
        [.array(.string), .bigint],
        [.row([RowField("a", .integer), RowField("b", .string)]), .map(.string, .double)],
    ]

    private func randomColumns(
        _ types: [DataType],
        _ count: Int,
        seed: UInt64
    ) -> (scalars: [[ScalarValue]], columns: [Column]) {
        var random = SeededGenerator(state: seed)
        let scalars = types.map { type in
            (0..<count).map { _ in RandomRows.scalar(type, &random) }
        }
        return (scalars, zip(scalars, types).map { Column.fromScalars($0, $1) })
    }

    private func scalars(_ columns: [Column]) -> [[ScalarValue]] {
        columns.map { column in (0..<column.count).map { column.scalar($0) } }
    }

    @Test(arguments: typeSets)
    func `keys and rows decode to what was encoded`(types: [DataType]) {
        for seed in 1...20 as ClosedRange<UInt64> {
            let count = Int(seed * 7 % 70)
            let (expected, columns) = randomColumns(types, count, seed: seed)
            let keys = KeyCodec(types).encodeBytes(columns, count: count)
            #expect(scalars(KeyCodec(types).decode(keys)) == expected)
            let rows = RowCodec(types).encode(columns, count: count)
            #expect(scalars(RowCodec(types).decode(rows)) == expected)
        }
    }

    @Test(arguments: typeSets)
    func `equal values give equal bytes whatever lies under the NULLs`(types: [DataType]) {
        let (_, columns) = randomColumns(types, 50, seed: 99)
        // The same rows through a gather: garbage under NULLs differs.
        let positions = FixedValues<Int32>((0..<50).map { Int32(49 - $0) })
        let turned = columns.map { $0.gather(positions).gather(positions) }
        #expect(
            RowCodec(types).encode(columns, count: 50) == RowCodec(types).encode(turned, count: 50)
        )
        #expect(
            KeyCodec(types).encodeBytes(columns, count: 50)
                == KeyCodec(types).encodeBytes(turned, count: 50)
        )
    }

    @Test func `encoded keys sort as their values do, NULL first`() {
        let numbers: [ScalarValue] = [
            .null, .int(.min), .int(-1), .int(0), .int(1), .int(255), .int(256), .int(.max),
        ]
        let doubles: [ScalarValue] = [
            .null, .double(-.infinity), .double(-1.5), .double(-0.0), .double(0.0), .double(1e-300),
            .double(2), .double(.infinity), .double(.nan),
        ]
        let texts: [ScalarValue] = [
            .null, .bytes([]), .bytes([0]), .bytes([0, 0]), .bytes([0, 1]), .bytes([1]),
            .text("a"), .bytes([0x61, 0]), .text("aa"), .text("b"), .bytes([0xFF]),
        ]
        for (type, sorted) in [
            (DataType.bigint, numbers), (.double, doubles), (.string, texts),
        ] {
            let keys = KeyCodec([type, .integer]).encodeBytes(
                [
                    .fromScalars(sorted, type),
                    .fromScalars(sorted.indices.map { .int(Int64(-$0)) }, .integer),
                ],
                count: sorted.count
            )
            for index in 1..<keys.count {
                let smaller = keys[index - 1]
                let larger = keys[index]
                let left = smaller.indices.map { smaller[$0] }
                let right = larger.indices.map { larger[$0] }
                #expect(left.lexicographicallyPrecedes(right), "\(sorted[index])")
            }
        }
    }

    @Test func `groups are numbered in order of first appearance`() {
        let column = Column.fromScalars(
            ["b", "a", "b", "c", "a", "b"].map { .text($0) },
            .string
        )
        let batch = KeyCodec([.string]).encode([column], count: 6)
        let groups = GroupIndex().assign(batch)
        #expect(groups.groupOfRow.array == [0, 1, 0, 2, 1, 0])
        #expect(groups.firstRows.array == [0, 1, 3])
    }

    @Test func `grouping many keys agrees with a dictionary`() {
        var random = SeededGenerator(state: 5)
        let index = GroupIndex()
        for round in 1...20 {
            let values = (0..<round * 211).map { _ in
                Int64.random(in: 0..<Int64(round * 40), using: &random)
            }
            let column = Column(.bigint, FixedValues(values))
            let batch = KeyCodec([.bigint]).encode([column], count: values.count)
            let groups = index.assign(batch)
            var expected: [Int64: Int32] = [:]
            let numbers = values.map { value -> Int32 in
                let number = expected[value] ?? Int32(expected.count)
                expected[value] = number
                return number
            }
            #expect(groups.groupOfRow.array == numbers)
        }
    }

    @Test func `the hash of a key never changes, since checkpoints depend on it`() {
        let texts = BytesValues(["", "a", "abc", "abcdefgh", "abcdefghi", "0123456789abcdefg"])
        let expected = Hashing.hash(texts).array
        #expect(Set(expected).count == texts.count)
        #expect(
            expected == [
                10_874_994_732_282_882_608, 15_752_610_655_070_539_582,
                8_914_496_139_763_650_619, 11_940_635_310_933_432_768,
                16_067_544_959_757_069_175, 6_505_260_103_579_529_674,
            ]
        )
    }
}
