import Columnar
import Core
import KeyedState
import Testing

@Suite struct MultimapStateTests {
    static let declaration = StateDeclaration(
        id: 1,
        name: "left",
        shape: .multimap,
        keyTypes: [.string],
        subKeyTypes: [.string],
        rowTypes: [.string]
    )

    typealias Model = [String: [String: String]]

    /// The bytes of a text as they are compared: by value.
    private static func sorted(_ texts: some Collection<String>) -> [String] {
        texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private func compareEntries(
        _ state: MultimapState,
        _ model: Model,
        _ names: [String],
        _ note: String
    ) throws {
        for ordered in [false, true] {
            let entries = try state.entries(keys(names), ordered: ordered)
            for (index, name) in names.enumerated() {
                let range = entries.range(ofKey: index)
                var found = range.map { entries.subKeys.string($0) }
                if !ordered { found = Self.sorted(found) }
                let expected = Self.sorted((model[name] ?? [:]).keys)
                #expect(found == expected, "entries of \(name), ordered \(ordered), \(note)")
                for place in range {
                    let subKey = entries.subKeys.string(place)
                    #expect(entries.rows.string(place) == model[name]?[subKey], "row, \(note)")
                }
            }
        }
    }

    private func compareEnds(
        _ state: MultimapState,
        _ model: Model,
        _ names: [String],
        _ note: String
    ) throws {
        for fromEnd in [false, true] {
            let ends = try state.first(keys(names), fromEnd: fromEnd)
            for (index, name) in names.enumerated() {
                let all = Self.sorted((model[name] ?? [:]).keys)
                let expected = fromEnd ? all.last : all.first
                let found = ends.present[index] ? ends.subKeys.string(index) : nil
                #expect(found == expected, "end of \(name), from end \(fromEnd), \(note)")
                if let expected {
                    #expect(ends.rows.string(index) == model[name]?[expected], "row, \(note)")
                }
            }
        }
    }

    @Test(arguments: Pressure.allCases)
    func `entries are found by pair, by key and by end`(pressure: Pressure) throws {
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        let state = fixture.store.multimap(1)
        let lookup = try state.lookup(keys(["a", "a", "b"]), subKeys: bytes(["2", "1", ""]))
        #expect(lookup.texts == [nil, nil, nil])
        try state.store(lookup, rows: bytes(["a2", "a1", "b"]))
        try fixture.freeze()
        try fixture.persist()
        try state.insert(keys(["a", "ab"]), subKeys: bytes(["3", ""]), rows: bytes(["a3", "ab"]))
        let model: Model = [
            "a": ["1": "a1", "2": "a2", "3": "a3"], "b": ["": "b"], "ab": ["": "ab"],
        ]
        try compareEntries(state, model, ["a", "b", "ab", "c", ""], "first")
        try compareEnds(state, model, ["a", "b", "ab", "c", ""], "first")
        try state.remove(keys(["a", "b", "x"]), subKeys: bytes(["1", "", "y"]))
        let rest: Model = ["a": ["2": "a2", "3": "a3"], "ab": ["": "ab"]]
        try compareEntries(state, rest, ["a", "b", "ab", "x"], "then")
        try compareEnds(state, rest, ["a", "b", "ab", "x"], "then")
    }

    @Test(arguments: Pressure.allCases, [11, 12, 13] as [UInt64])
    func `every sequence of changes, freezes and restarts gives what a dictionary gives`(
        pressure: Pressure,
        seed: UInt64
    ) throws {
        var random = SeededGenerator(state: seed)
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        var model: Model = [:]
        var saved: (part: RestoreSource.Part, model: Model)?
        for step in 0..<1200 {
            let state = fixture.store.multimap(1)
            var names: [String] = []
            var subs: [String] = []
            var seen: Set<String> = []
            for _ in 0..<Int.random(in: 1...15, using: &random) {
                let key = Int.random(in: 0..<12, using: &random)
                let range = key < 2 ? 400 : 12
                let name = "k\(key)"
                let sub = "s\(Int.random(in: 0..<range, using: &random))"
                guard seen.insert("\(name)/\(sub)").inserted else { continue }
                names.append(name)
                subs.append(sub)
            }
            let rows = subs.map { "\($0) at \(step)" + String(repeating: "!", count: step % 40) }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                try state.insert(keys(names), subKeys: bytes(subs), rows: bytes(rows))
                for index in names.indices {
                    model[names[index], default: [:]][subs[index]] = rows[index]
                }
            case 1:
                try state.remove(keys(names), subKeys: bytes(subs))
                for index in names.indices { model[names[index]]?[subs[index]] = nil }
            default:
                let lookup = try state.lookup(keys(names), subKeys: bytes(subs))
                let expected = names.indices.map { model[names[$0]]?[subs[$0]] }
                #expect(lookup.texts == expected, "step \(step)")
                let removed = names.map { _ in Bool.random(using: &random) }
                try state.store(lookup, rows: bytes(rows), removed: Bitmap(removed))
                for index in names.indices {
                    model[names[index], default: [:]][subs[index]] =
                        removed[index] ? nil : rows[index]
                }
            }
            let asked = (0..<3).map { _ in "k\(Int.random(in: 0..<14, using: &random))" }.distinct
            if step % 3 == 0 { try compareEntries(state, model, asked, "step \(step)") }
            if step % 3 == 1 { try compareEnds(state, model, asked, "step \(step)") }
            try fixture.disturb(&random)
            if step % 200 == 150 { saved = (try fixture.checkpoint(), model) }
            if step % 200 == 190, let saved {
                try fixture.restart(from: saved.part)
                model = saved.model
            }
        }
        let all = (0..<12).map { "k\($0)" }
        try compareEntries(fixture.store.multimap(1), model, all, "at the end")
        #expect(model.values.reduce(0) { $0 + $1.count } > 100)
    }

    /// How a test comes to know of pairs on disk.
    enum Pairs: CaseIterable {
        /// Asked for from the beginning.
        case known
        /// First asked for when rows wait to be frozen that were never asked for.
        case askedLate
        /// Too many for the filter, which is given up.
        case tooMany
    }

    @Test(arguments: Pairs.allCases)
    func `no key is forgotten when its entries have left memory`(pairs: Pairs) throws {
        let budget = StateBudget(tableBytes: 1 << 20)
        let fixture = try StateFixture([Self.declaration], budget)
        let state = fixture.store.multimap(1)
        let count = 60_000
        if pairs == .tooMany {
            for start in stride(from: 0, to: 400_000, by: 4000) {
                let subs = (start..<start + 4000).map(String.init)
                let hot = keys(subs.map { _ in "hot" })
                let lookup = try state.lookup(hot, subKeys: bytes(subs))
                try state.store(lookup, rows: bytes(subs))
                try fixture.freeze()
                try fixture.persist()
            }
        }
        for start in stride(from: 0, to: count, by: 1000) {
            let names = (start..<start + 1000).map { "k\($0)" }
            let subs = bytes(names.map { _ in "s" })
            if pairs == .askedLate, start == 0 {
                try state.insert(keys(names), subKeys: subs, rows: bytes(names))
            }
            let lookup = try state.lookup(keys(names), subKeys: subs)
            try state.store(lookup, rows: bytes(names))
            if fixture.store.shouldFreeze {
                try fixture.freeze()
                try fixture.persist()
            }
        }
        try fixture.freeze()
        try fixture.persist()
        var lost = 0
        for start in stride(from: 0, to: count, by: 1000) {
            let names = (start..<start + 1000).map { "k\($0)" }
            let entries = try state.entries(keys(names), ordered: false)
            let ends = try state.first(keys(names))
            for (index, name) in names.enumerated() {
                let range = entries.range(ofKey: index)
                let isFound = range.count == 1 && entries.rows.string(range.lowerBound) == name
                if !isFound || !ends.present[index] { lost += 1 }
            }
        }
        #expect(lost == 0)
    }

    @Test(arguments: Pressure.allCases)
    func `the smallest entry of a hot key can be taken away again and again`(
        pressure: Pressure
    ) throws {
        let fixture = try StateFixture([Self.declaration], pressure.budget)
        let state = fixture.store.multimap(1)
        let count = 3000
        let subs = (0..<count).map { String(100_000 + ($0 * 7919) % count) }
        for start in stride(from: 0, to: count, by: 100) {
            let part = Array(subs[start..<start + 100])
            let names = part.map { _ in "hot" }
            try state.insert(keys(names), subKeys: bytes(part), rows: bytes(part))
            if fixture.store.shouldFreeze {
                try fixture.freeze()
                try fixture.persist()
            }
        }
        for round in 0..<1000 {
            let low = try state.first(keys(["hot"]))
            #expect(low.subKeys.string(0) == String(100_000 + round))
            let high = try state.first(keys(["hot"]), fromEnd: true)
            #expect(high.subKeys.string(0) == String(100_000 + count - 1 - round))
            let pair = bytes([low.subKeys.string(0), high.subKeys.string(0)])
            try state.remove(keys(["hot", "hot"]), subKeys: pair)
            if fixture.store.shouldFreeze {
                try fixture.freeze()
                try fixture.persist()
            }
        }
        let entries = try state.entries(keys(["hot"]), ordered: true)
        #expect(entries.subKeys.count == count - 2000)
        #expect(entries.subKeys.string(0) == "101000")
    }

    @Test(arguments: [31] as [UInt64])
    func `ends stay right while parts of a hot key come and go`(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let budget = StateBudget(tableBytes: 112 << 10, dirtyBytes: 8 << 10)
        let fixture = try StateFixture([Self.declaration], budget)
        let state = fixture.store.multimap(1)
        var model: Model = [:]
        for step in 0..<400 {
            let name = "hot\(Int.random(in: 0..<2, using: &random))"
            let subs = (0..<40).map { _ in
                String(10_000 + Int.random(in: 0..<4000, using: &random))
            }.distinct
            let names = subs.map { _ in name }
            if step < 150 || step % 5 == 0 {
                let rows = subs.map { "\($0) \(step)" }
                try state.insert(keys(names), subKeys: bytes(subs), rows: bytes(rows))
                for (sub, row) in zip(subs, rows) { model[name, default: [:]][sub] = row }
            } else if step % 5 == 1 {
                _ = try state.lookup(keys(names), subKeys: bytes(subs))
            }
            try compareEnds(state, model, ["hot0", "hot1"], "step \(step)")
            for fromEnd in [false, true] where step >= 150 {
                let end = try state.first(keys([name]), fromEnd: fromEnd)
                let sub = end.subKeys.string(0)
                try state.remove(keys([name]), subKeys: bytes([sub]))
                model[name]?[sub] = nil
            }
            try fixture.disturb(&random)
        }
    }
}
