import Columnar
import Core
import KeyedState
import Testing

@Suite struct WindowStateTests {
    static let declaration = StateDeclaration(
        id: 7,
        name: "hourly",
        shape: .window,
        keyTypes: [.string],
        rowTypes: [.bigint]
    )

    typealias Model = [Int64: [String: String]]

    private func drain(_ state: WindowState, _ window: Int64) throws -> [String: String] {
        var found: [String: String] = [:]
        try state.drain(window: window, chunkRows: 7) { keys, rows in
            #expect(keys.count == rows.count && keys.count <= 7 && keys.count > 0)
            #expect(keys.hashes.array == Hashing.hash(keys.keys).array)
            for index in 0..<keys.count {
                let old = found.updateValue(rows.string(index), forKey: keys.keys.string(index))
                #expect(old == nil, "a row was handed out twice")
            }
        }
        return found
    }

    @Test(arguments: Pressure.allCases)
    func `a dropped window is gone, and may come again without its old rows`(
        pressure: Pressure
    ) throws {
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        let state = fixture.store.window(7)
        let names = (0..<40).map { "key \($0)" }
        for window in [1000, -1000, .max, .min] as [Int64] {
            let lookup = try state.lookup(window: window, keys(names))
            try state.store(lookup, rows: bytes(names.map { "\($0) of \(window)" }))
        }
        #expect(state.windows == [.min, -1000, 1000, .max])
        try fixture.freeze()
        try fixture.persist()
        try state.drop(window: 1000)
        #expect(state.windows == [.min, -1000, .max])
        #expect(try state.lookup(window: 1000, keys(names)).present.isAllZeros)
        let again = try state.lookup(window: 1000, keys(["key 3"]))
        try state.store(again, rows: bytes(["new"]))
        #expect(try drain(state, 1000) == ["key 3": "new"])
        #expect(try state.lookup(window: 1000, keys(names)).present.onesCount == 1)
        try fixture.freeze()
        #expect(try drain(state, 1000) == ["key 3": "new"])
        try fixture.persist()
        #expect(try drain(state, 1000) == ["key 3": "new"])
        let part = try fixture.checkpoint()
        try fixture.restart(from: part)
        let restored = fixture.store.window(7)
        #expect(restored.windows == [.min, -1000, 1000, .max])
        #expect(try drain(restored, 1000) == ["key 3": "new"])
        for window in [-1000, .max, .min] as [Int64] {
            let found = try drain(restored, window)
            #expect(found.count == 40)
            #expect(found["key 7"] == "key 7 of \(window)")
        }
    }

    @Test(arguments: Pressure.allCases, [21, 22, 23] as [UInt64])
    func `every sequence of changes, freezes and restarts gives what a dictionary gives`(
        pressure: Pressure,
        seed: UInt64
    ) throws {
        var random = SeededGenerator(state: seed)
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        var model: Model = [:]
        var saved: (part: RestoreSource.Part, model: Model)?
        for step in 0..<1200 {
            let state = fixture.store.window(7)
            let window = Int64(step / 50 + Int.random(in: 0..<5, using: &random)) * 1000
            let names = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "key \(Int.random(in: 0..<40, using: &random))"
            }.distinct
            let lookup = try state.lookup(window: window, keys(names))
            #expect(lookup.texts == names.map { model[window]?[$0] }, "step \(step)")
            let rows = names.map { "\($0) \(window) \(step)" }
            let removed = names.map { _ in Int.random(in: 0..<6, using: &random) == 0 }
            try state.store(lookup, rows: bytes(rows), removed: Bitmap(removed))
            for index in names.indices {
                model[window, default: [:]][names[index]] = removed[index] ? nil : rows[index]
            }
            try fixture.disturb(&random)
            let other = Int64(step / 50 + Int.random(in: -3..<5, using: &random)) * 1000
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                try state.drop(window: other)
                model[other] = nil
            case 1, 2:
                #expect(try drain(state, other) == model[other] ?? [:], "drain at step \(step)")
            default: break
            }
            if step % 200 == 150 { saved = (try fixture.checkpoint(), model) }
            if step % 200 == 190, let saved {
                try fixture.restart(from: saved.part)
                model = saved.model
            }
        }
        let state = fixture.store.window(7)
        for (window, rows) in model {
            #expect(try drain(state, window) == rows)
            #expect(rows.isEmpty || state.windows.contains(window))
        }
        #expect(state.windows == state.windows.sorted())
        #expect(model.values.reduce(0) { $0 + $1.count } > 20)
    }

    @Test func `hundreds of small windows fit into a small budget`() throws {
        let budget = StateBudget(tableBytes: 4 << 20)
        let fixture = try StateFixture([Self.declaration], budget)
        let state = fixture.store.window(7)
        for window in 0..<500 as Range<Int64> {
            let lookup = try state.lookup(window: window, keys(["a", "b"]))
            try state.store(lookup, rows: bytes(["1", "2"]))
        }
        #expect(fixture.store.usage.usedBytes <= budget.tableBytes)
        for window in 0..<500 as Range<Int64> { try state.drop(window: window) }
        #expect(state.windows.isEmpty)
        #expect(fixture.store.usage.usedBytes == 0)
        #expect(fixture.store.usage.dirtyBytes == 0)
    }
}
