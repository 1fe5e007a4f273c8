import Columnar
import Core
import KeyedState
import Testing

@Suite struct StateMemoryTests {
    private static let total = 1 << 20
    private static let declaration = StateDeclaration(
        id: 1,
        name: "rows",
        shape: .multimap,
        keyTypes: [.string],
        subKeyTypes: [.string],
        rowTypes: [.string]
    )

    /// The stores of one slot, with equal parts of its memory at first.
    private final class Slot {
        let fixtures: [StateFixture]
        private var memory: StateMemory?

        init(stores count: Int) throws {
            let budget = StateBudget(tableBytes: total / count, sharedBytes: total)
            fixtures = try (0..<count).map { _ in try StateFixture([declaration], budget) }
            let memory = StateMemory(bytes: total)
            for fixture in fixtures { memory.add(fixture.store) }
            self.memory = memory
        }

        /// Stores must be closed before their folders go.
        deinit { memory = nil }

        func rebalance() throws { try memory?.rebalance() }
    }

    /// Adds a thousand rows, and brings them to disk so that they may leave memory.
    private func grow(_ fixture: StateFixture, _ round: Int) throws {
        let numbers = round * 1000..<(round + 1) * 1000
        try fixture.store.multimap(1).insert(
            keys(numbers.map { "k\($0)" }),
            subKeys: bytes(numbers.map { _ in "" }),
            rows: bytes(numbers.map { "row \($0)" })
        )
        try fixture.freeze()
        try fixture.persist()
    }

    private func used(_ fixture: StateFixture) -> Int { fixture.store.usage.usedBytes }

    @Test func `a store gets what the others do not need`() throws {
        let slot = try Slot(stores: 4)
        let fixtures = slot.fixtures
        try grow(fixtures[1], 0)
        for round in 0..<30 {
            try grow(fixtures[0], round)
            try slot.rebalance()
        }
        #expect(used(fixtures[0]) > Self.total / 2)
        #expect(fixtures.map(used).reduce(0, +) < Self.total * 11 / 10)
        for number in [0, 999] {
            let entries = try fixtures[1].store.multimap(1)
                .entries(keys(["k\(number)"]), ordered: false)
            #expect(entries.rows.strings == ["row \(number)"])
        }
    }

    @Test func `stores that are short share what is left, and nothing is lost`() throws {
        let slot = try Slot(stores: 2)
        let fixtures = slot.fixtures
        for round in 0..<30 {
            try grow(fixtures[0], round)
            try slot.rebalance()
        }
        #expect(used(fixtures[0]) > Self.total * 6 / 10)
        for round in 0..<30 {
            for fixture in fixtures { try grow(fixture, 30 + round) }
            try slot.rebalance()
        }
        for fixture in fixtures { #expect(used(fixture) < Self.total * 6 / 10) }
        #expect(used(fixtures[1]) > Self.total * 3 / 10)
        for number in stride(from: 0, to: 60_000, by: 997) {
            let entries = try fixtures[0].store.multimap(1)
                .entries(keys(["k\(number)"]), ordered: false)
            #expect(entries.rows.strings == ["row \(number)"])
        }
    }

    @Test func `while nobody is short, nothing changes`() throws {
        let slot = try Slot(stores: 2)
        let fixtures = slot.fixtures
        try grow(fixtures[0], 0)
        let before = used(fixtures[0])
        for _ in 0..<10 { try slot.rebalance() }
        #expect(used(fixtures[0]) == before)
    }
}
