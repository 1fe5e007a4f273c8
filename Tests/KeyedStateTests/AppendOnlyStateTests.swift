import Columnar
import Core
import KeyedState
import Testing

/// A multimap whose entries are only added and read with all of their key, as a side of a join that
/// only grows: it has no index of pairs.
@Suite struct AppendOnlyStateTests {
    private static func declaration(isAppendOnly: Bool) -> StateDeclaration {
        StateDeclaration(
            id: 1,
            name: "left",
            shape: .multimap,
            keyTypes: [.string],
            subKeyTypes: [.string],
            rowTypes: [.string],
            isAppendOnly: isAppendOnly
        )
    }

    typealias Model = [String: [String: String]]

    private func compare(
        _ state: MultimapState,
        _ model: Model,
        _ names: [String],
        _ note: String
    ) throws {
        for ordered in [false, true] {
            let entries = try state.entries(keys(names), ordered: ordered)
            for (index, name) in names.enumerated() {
                let range = entries.range(ofKey: index)
                let found = range.map {
                    "\(entries.subKeys.string($0)): \(entries.rows.string($0))"
                }
                let expected = (model[name] ?? [:]).map { "\($0): \($1)" }.sorted()
                #expect(
                    (ordered ? found : found.sorted()) == expected,
                    "entries of \(name), ordered \(ordered), \(note)"
                )
            }
        }
    }

    @Test(arguments: Pressure.allCases, [51, 52, 53] as [UInt64])
    func `all that was added is found, whatever leaves memory and comes back`(
        pressure: Pressure,
        seed: UInt64
    ) throws {
        var random = SeededGenerator(state: seed)
        let fixture = try StateFixture([Self.declaration(isAppendOnly: true)], pressure.budget)
        var model: Model = [:]
        var saved: (part: RestoreSource.Part, model: Model)?
        var number = 100_000
        for step in 0..<1000 {
            let state = fixture.store.multimap(1)
            let names = (0..<Int.random(in: 1...15, using: &random)).map { _ in
                // Some keys are hot.
                "k\(Int.random(in: 0..<(Bool.random(using: &random) ? 3 : 40), using: &random))"
            }
            let subs = names.map { _ in
                number += 1
                return String(number)
            }
            let rows = subs.map { "\($0) at \(step)" + String(repeating: "!", count: step % 40) }
            try state.insert(keys(names), subKeys: bytes(subs), rows: bytes(rows))
            for index in names.indices {
                model[names[index], default: [:]][subs[index]] = rows[index]
            }
            let asked = (0..<3).map { _ in "k\(Int.random(in: 0..<42, using: &random))" }.distinct
            try compare(state, model, asked, "step \(step)")
            try fixture.disturb(&random)
            if step % 200 == 150 { saved = (try fixture.checkpoint(), model) }
            if step % 200 == 190, let saved {
                try fixture.restart(from: saved.part)
                model = saved.model
            }
        }
        let all = (0..<40).map { "k\($0)" }
        try compare(fixture.store.multimap(1), model, all, "at the end")
        #expect(model.values.reduce(0) { $0 + $1.count } > 4000)
    }

    /// The memory of a state that ten thousand rows were added to, and written to disk.
    private func memory(isAppendOnly: Bool, asksForPairs: Bool) throws -> Int {
        let declaration = Self.declaration(isAppendOnly: isAppendOnly)
        let fixture = try StateFixture([declaration], Pressure.plenty.budget)
        let state = fixture.store.multimap(1)
        if asksForPairs { _ = try state.lookup(keys(["a"]), subKeys: bytes(["b"])) }
        for start in stride(from: 0, to: 10_000, by: 1000) {
            let numbers = start..<start + 1000
            try state.insert(
                keys(numbers.map { "k\($0 % 500)" }),
                subKeys: bytes(numbers.map(String.init)),
                rows: bytes(numbers.map { "row \($0)" })
            )
        }
        try fixture.freeze()
        try fixture.persist()
        return fixture.store.usage.usedBytes
    }

    @Test func `memory for telling pairs is spent only where they are asked for`() throws {
        let asked = try memory(isAppendOnly: false, asksForPairs: true)
        let neverAsked = try memory(isAppendOnly: false, asksForPairs: false)
        let appendOnly = try memory(isAppendOnly: true, asksForPairs: false)
        // Ten bits and more for each pair in a filter; eight bytes and more in an index.
        #expect(neverAsked + 10_000 * 10 / 8 <= asked)
        #expect(appendOnly + 10_000 * 8 <= neverAsked)
    }

    @Test func `the hint is no part of the schema`() {
        #expect(Self.declaration(isAppendOnly: true) == Self.declaration(isAppendOnly: false))
        #expect(
            StateMigration.decide(
                old: [Self.declaration(isAppendOnly: false)],
                new: [Self.declaration(isAppendOnly: true)],
                uid: "join"
            ) == .none
        )
    }
}
