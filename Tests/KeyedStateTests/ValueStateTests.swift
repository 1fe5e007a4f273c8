import Columnar
import Core
import KeyedState
import Testing

@Suite struct ValueStateTests {
    static let declaration = StateDeclaration(
        id: 3,
        name: "totals",
        shape: .value,
        keyTypes: [.string],
        rowTypes: [.bigint]
    )

    @Test(arguments: Pressure.allCases)
    func `rows are found, replaced and removed`(pressure: Pressure) throws {
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        let state = fixture.store.value(3)
        let first = try state.lookup(keys(["a", "b", ""]))
        #expect(first.texts == [nil, nil, nil])
        try state.store(first, rows: bytes(["1", "", "3"]))
        try fixture.freeze()
        try fixture.persist()
        let second = try state.lookup(keys(["", "b", "a", "c"]))
        #expect(second.texts == ["3", "", "1", nil])
        try state.store(
            second,
            rows: bytes(["33", "x", "11", "c"]),
            removed: Bitmap([false, true, false, false]),
            changed: Bitmap([true, true, false, true])
        )
        #expect(try state.lookup(keys(["a", "b", "c", ""])).texts == ["1", nil, "c", "33"])
    }

    @Test func `a lookup may be stored after others have come in between`() throws {
        let fixture = try StateFixture([Self.declaration], Pressure.tiny.budget)
        let state = fixture.store.value(3)
        let early = try state.lookup(keys(["a", "b"]))
        for round in 0..<200 {
            let other = try state.lookup(keys(["k\(round)", "b"]))
            try state.store(other, rows: bytes(["row \(round) \(round)", "b\(round)"]))
            try fixture.freeze()
            try fixture.persist()
        }
        try state.store(early, rows: bytes(["late", "later"]))
        #expect(try state.lookup(keys(["a", "b", "k7"])).texts == ["late", "later", "row 7 7"])
    }

    @Test(arguments: Pressure.allCases, [1, 2, 3] as [UInt64])
    func `every sequence of changes, freezes and restarts gives what a dictionary gives`(
        pressure: Pressure,
        seed: UInt64
    ) throws {
        var random = SeededGenerator(state: seed)
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        var model: [String: String] = [:]
        var saved: (part: RestoreSource.Part, model: [String: String])?
        for step in 0..<1600 {
            let names = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                let number = Int.random(in: 0..<400, using: &random)
                return Bool.random(using: &random) ? "\(number % 20)" : "key-\(number)"
            }.distinct
            let state = fixture.store.value(3)
            let lookup = try state.lookup(keys(names))
            #expect(lookup.texts == names.map { model[$0] }, "step \(step)")
            let rows = names.map { name in
                let length = Int.random(in: 0..<3, using: &random) == 0 ? step % 90 : 8
                return String(repeating: "\(step % 10)", count: length) + name
            }
            let removed = names.map { _ in Int.random(in: 0..<4, using: &random) == 0 }
            let changed = names.map { _ in Int.random(in: 0..<5, using: &random) != 0 }
            try state.store(
                lookup,
                rows: bytes(rows),
                removed: Bitmap(removed),
                changed: Bitmap(changed)
            )
            for index in names.indices where changed[index] {
                model[names[index]] = removed[index] ? nil : rows[index]
            }
            try fixture.disturb(&random)
            if step % 200 == 150 { saved = (try fixture.checkpoint(), model) }
            if step % 200 == 190, let saved {
                try fixture.restart(from: saved.part)
                model = saved.model
            }
        }
        let all = model.keys.sorted()
        let lookup = try fixture.store.value(3).lookup(keys(all))
        #expect(lookup.texts == all.map { model[$0] })
        #expect(all.count > 50)
    }

    @Test func `a working set larger than memory spills and stays within its budget`() throws {
        let budget = StateBudget(tableBytes: 1 << 20, dirtyBytes: 128 << 10)
        let fixture = try StateFixture([Self.declaration], budget)
        let state = fixture.store.value(3)
        let codec = KeyCodec([.bigint.notNull])
        let rowCount = 60_000
        for start in stride(from: 0, to: rowCount, by: 500) {
            let numbers = FixedValues((start..<start + 500).map { Int64($0) })
            let column = Column(.bigint.notNull, numbers)
            let batch = codec.encode([column], count: 500)
            let lookup = try state.lookup(batch)
            #expect(lookup.present.isAllZeros)
            try state.store(lookup, rows: bytes(numbers.array.map { "row of \($0)" }))
            if fixture.store.shouldFreeze {
                try fixture.freeze()
                try fixture.persist()
            }
            #expect(fixture.store.usage.usedBytes <= budget.tableBytes)
        }
        try fixture.freeze()
        try fixture.persist()
        for start in stride(from: 0, to: rowCount, by: 500) {
            let numbers = FixedValues((0..<500).map { Int64(($0 * 7919 + start) % rowCount) })
            let batch = codec.encode([Column(.bigint.notNull, numbers)], count: 500)
            let lookup = try state.lookup(batch)
            #expect(lookup.texts == numbers.array.map { "row of \($0)" })
            #expect(fixture.store.usage.usedBytes <= budget.tableBytes)
        }
    }

    @Test func `rows that change their size again and again do not fill the memory`() throws {
        let budget = StateBudget(tableBytes: 4 << 20, dirtyBytes: 1 << 20)
        let fixture = try StateFixture([Self.declaration], budget)
        let state = fixture.store.value(3)
        let names = (0..<200).map { "key \($0)" }
        for round in 0..<400 {
            let lookup = try state.lookup(keys(names))
            let row = String(repeating: "x", count: (round * 37) % 700)
            try state.store(lookup, rows: bytes(names.map { _ in row }))
            let removed = Bitmap(repeating: true, count: names.count)
            if round % 7 == 6 {
                try state.store(lookup, rows: bytes(names.map { _ in "" }), removed: removed)
            }
            #expect(fixture.store.usage.usedBytes <= budget.tableBytes)
        }
        let row = String(repeating: "x", count: (399 * 37) % 700)
        #expect(try state.lookup(keys(names)).texts == names.map { _ in row })
    }

    @Test func `a row may be larger than a segment`() throws {
        let fixture = try StateFixture([Self.declaration], Pressure.some.budget)
        let state = fixture.store.value(3)
        let large = String(repeating: "abcdefgh", count: 30_000)
        for round in 0..<3 {
            let lookup = try state.lookup(keys(["large", "small"]))
            try state.store(lookup, rows: bytes([large + "\(round)", "s"]))
            try fixture.freeze()
            try fixture.persist()
            let found = try state.lookup(keys(["small", "large"])).texts
            #expect(found == ["s", large + "\(round)"])
        }
    }
}
