import Columnar
import Testing

/// Batches as bytes and back.
enum Wire {
    static func bytes(_ batch: RecordBatch) -> [UInt8] {
        let count = batch.wireSize.byteCount
        return [UInt8](capacity: count) { span in
            let written = unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                var output = unsafe OutputRawSpan(
                    buffer: UnsafeMutableRawBufferPointer(buffer),
                    initializedCount: 0
                )
                batch.writeWire(into: &output)
                initialized = output.byteCount
                return output.byteCount
            }
            #expect(written == count)
        }
    }

    static func scalars(_ batch: RecordBatch) -> [[ScalarValue]] {
        batch.columns.map { column in (0..<batch.count).map { column.scalar($0) } }
    }

    static func kinds(_ batch: RecordBatch) -> [RowKind] {
        (0..<batch.count).map { batch.kinds[$0] }
    }

    static func bytes(hexadecimal text: String) -> [UInt8] {
        text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) }
    }
}

@Suite struct WireTests {
    static let inner = DataType.row([
        RowField("a", .integer), RowField("b", .array(.string)), RowField("c", .boolean),
    ])
    static let typeSets: [[DataType]] =
        CodecTests.typeSets + [
            [.boolean], [.bytes, .date, .time(3), .timestampLTZ(9)],
            [.array(.array(.bigint)), .map(.string, inner)],
            [inner, .array(inner), .row([])],
            [DataType(.multiset(.string)), .null], [],
        ]

    static func batch(_ types: [DataType], _ count: Int, seed: UInt64) -> RecordBatch {
        var random = SeededGenerator(state: seed)
        let columns = RandomRows.columns(types, count, &random)
        let kinds = (0..<count).map { _ in RowKind.allCases.randomElement(using: &random) ?? .insert
        }
        return RecordBatch(
            columns,
            count: count,
            kinds: seed % 2 == 0 ? RowKinds(kinds) : .insertOnly
        )
    }

    private func expectRoundTrip(_ batch: RecordBatch, _ types: [DataType]) throws {
        let bytes = Wire.bytes(batch)
        let back = try RecordBatch.readWire(bytes.span, types: types)
        #expect(back.count == batch.count)
        #expect(Wire.scalars(back) == Wire.scalars(batch))
        #expect(Wire.kinds(back) == Wire.kinds(batch))
        #expect(back.columns.map(\.type) == types)
        #expect(back.isInsertOnly == batch.isInsertOnly)
    }

    @Test(arguments: typeSets)
    func `batches come back as they were`(_ types: [DataType]) throws {
        for seed in 1...30 as ClosedRange<UInt64> {
            let count = [0, 1, 7, 8, 9, 63, 64, 65, 200][Int(seed) % 9]
            try expectRoundTrip(Self.batch(types, count, seed: seed), types)
        }
    }

    @Test(arguments: typeSets)
    func `a slice writes its own rows and no others`(_ types: [DataType]) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let whole = Self.batch(types, 130, seed: seed)
            let lower = Int(seed * 6 % 90)
            let slice = whole.slice(lower..<lower + Int(seed))
            try expectRoundTrip(slice, types)
            let positions = FixedValues((lower..<lower + Int(seed)).map { Int32($0) })
            #expect(Wire.bytes(slice).count == Wire.bytes(whole.gather(positions)).count)
        }
    }

    @Test func `columns of NULLs and empty columns take one byte`() throws {
        let types: [DataType] = [.bigint, .array(.string), Self.inner]
        let batch = RecordBatch(types.map { .nulls($0, count: 1000) }, count: 1000)
        #expect(Wire.bytes(batch).count == 10)
        try expectRoundTrip(batch, types)
        try expectRoundTrip(.empty(types), types)
        // A list whose elements are all NULL and stored nowhere.
        let lists = ListValues(
            offsets: FixedValues([0, 2, 2, 5]),
            elements: .nulls(.string, count: 5)
        )
        try expectRoundTrip(
            RecordBatch([Column(.array(.string), lists)], count: 3),
            [.array(.string)]
        )
    }

    @Test func `the bytes are these`() throws {
        let types: [DataType] = [.bigint, .string, .boolean]
        let batch = try RecordBatch("+I 1 apple true\n-U 2 . false\n+U 258 fig .", types)
        let golden = Wire.bytes(
            hexadecimal: """
                03 00 00 00 03 00 01 00 01 02
                00 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 02 01 00 00 00 00 00 00
                01 05 05 00 00 00 05 00 00 00 08 00 00 00 61 70 70 6C 65 66 69 67
                01 03 01
                """
        )
        #expect(Wire.bytes(batch) == golden)
        try expectRoundTrip(batch, types)
    }

    @Test(arguments: [
        ("", "takes 4 bytes"),
        ("01 00 00", "takes 4 bytes"),
        ("FF FF FF FF 01 00 00 02", "4294967295 rows"),
        ("01 00 00 00 02 00 00 02 02", "2 columns; the job has 1"),
        ("01 00 00 00 01 00 02 02", "form 2 are unknown"),
        ("01 00 00 00 01 00 01 04 02", "larger than 3"),
        ("01 00 00 00 01 00 00 03", "unknown form 3"),
        ("01 00 00 00 01 00 00 02 00", "1 bytes are left"),
        ("02 00 00 00 01 00 00 00 05 00 00 00 03 00 00 00 61 62 63 64 65", "fall"),
        ("01 00 00 00 01 00 00 00 FF FF FF FF", "negative"),
        ("01 00 00 00 01 00 00 00 FF FF FF 7F 61", "takes 2147483647 bytes"),
        ("01 00 00 00 01 00 00 01", "a validity"),
    ])
    func `damaged bytes are refused with a sentence`(_ hexadecimal: String, _ part: String) {
        let bytes = Wire.bytes(hexadecimal: hexadecimal)
        let error = #expect(throws: WireError.self) {
            try RecordBatch.readWire(bytes.span, types: [.string])
        }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func `nested columns without bytes are bounded`() throws {
        let hexadecimal = "01 00 00 00 01 00 00 00 FF FF FF 7F 02"
        #expect(throws: WireError.self) {
            try RecordBatch.readWire(
                Wire.bytes(hexadecimal: hexadecimal).span,
                types: [.array(.bigint)]
            )
        }
        #expect(throws: WireError.self) {
            try RecordBatch.readWire(
                Wire.bytes(hexadecimal: "01 00 00 00 01 00 00 00 FF FF FF 7F 00").span,
                types: [.array(.row([]))]
            )
        }
    }

    @Test func `a large batch is cut into pieces that are accepted`() throws {
        let types: [DataType] = [.string, .array(.integer)]
        let batch = Self.batch(types, 200, seed: 5)
        let pieces = try batch.wirePieces(byteCountMax: 500)
        #expect(pieces.count > 3)
        #expect(pieces.allSatisfy { $0.wireSize.byteCount <= 500 })
        let joined = RecordBatch.concatenate(pieces, types: types)
        #expect(Wire.scalars(joined) == Wire.scalars(batch))
        #expect(try batch.wirePieces(byteCountMax: 1 << 20).count == 1)
        let tooLarge = #expect(throws: WireError.self) { try batch.wirePieces(byteCountMax: 20) }
        #expect(tooLarge?.message.contains("does not fit into a frame") == true)
    }

    @Test(arguments: typeSets.indices)
    func `mutated bytes are a batch or an error, never a crash`(_ index: Int) throws {
        let types = Self.typeSets[index]
        var random = SeededGenerator(state: UInt64(index) + 1)
        let templates = (1...6 as ClosedRange<UInt64>).map { seed in
            Wire.bytes(Self.batch(types, Int(seed * 5), seed: seed))
        }
        var accepted = 0
        for _ in 0..<3000 {
            var bytes = templates.randomElement(using: &random) ?? []
            for _ in 0...Int.random(in: 0...2, using: &random) {
                mutate(&bytes, &random)
            }
            guard let batch = try? RecordBatch.readWire(bytes.span, types: types) else { continue }
            accepted += 1
            // Whatever was accepted can be read throughout and written again.
            let again = try RecordBatch.readWire(Wire.bytes(batch).span, types: types)
            #expect(Wire.bytes(again) == Wire.bytes(batch))
            _ = Wire.scalars(batch)
        }
        #expect(accepted > 0 || types.isEmpty)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...5, using: &random) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << UInt8(Int.random(in: 0..<8, using: &random))
        case 2: bytes[place] = [0, 1, 2, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 5))
        case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        default:
            // A length or an end of four bytes.
            let value = UInt32(truncatingIfNeeded: random.next()) >> UInt32(place % 32)
            for shift in 0..<min(4, bytes.count - place) {
                bytes[place + shift] = UInt8(truncatingIfNeeded: value >> UInt32(8 * shift))
            }
        }
    }
}
