import Columnar
import Core
import KeyedState
import ObjectStore
import Testing

/// Numbers of a fixed sequence, so that a failing test fails again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A folder of one test, removed at its end.
final class ScratchFolder {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-state-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        do { try LocalFiles.removeAll(path) } catch { Issue.record(error) }
    }
}

/// How much memory a test gives to a store, and how it disturbs it.
enum Pressure: String, CaseIterable {
    /// Everything fits.
    case plenty
    /// A table of a few entries.
    case tiny
    /// Enough for some of it.
    case some

    var budget: StateBudget {
        switch self {
        case .plenty: StateBudget(tableBytes: 64 << 20)
        case .tiny: StateBudget(tableBytes: 6 << 10, dirtyBytes: 512)
        case .some: StateBudget(tableBytes: 48 << 10, dirtyBytes: 4 << 10)
        }
    }
}

/// A store that can be frozen, persisted, copied and opened again from its copies.
final class StateFixture {
    let declarations: [StateDeclaration]
    let budget: StateBudget
    let keyGroups: KeyGroupRange
    let maxParallelism: Int
    let cache = BlockCache(bytes: 1 << 20)
    private(set) var store: StateStore
    private var frozen: [FrozenState] = []
    private var epoch: CheckpointID = 0
    private var copies = 0
    private var stores = 0
    /// The last to go: the store must be closed when its files are deleted.
    let folder: ScratchFolder

    init(
        _ declarations: [StateDeclaration],
        _ budget: StateBudget,
        keyGroups: KeyGroupRange = KeyGroupRange(lower: 0, upper: 16),
        maxParallelism: Int = 16,
        restore: RestoreSource? = nil
    ) throws {
        folder = try ScratchFolder()
        self.declarations = declarations
        self.budget = budget
        self.keyGroups = keyGroups
        self.maxParallelism = maxParallelism
        store = try StateStore(
            uid: OperatorUID("test"),
            directory: "\(folder.path)/store-0",
            declarations: declarations,
            keyGroups: keyGroups,
            maxParallelism: maxParallelism,
            budget: budget,
            blockCache: cache,
            restore: restore
        )
    }

    /// Freezes; the frozen state waits until `persist`.
    func freeze() throws {
        epoch += 1
        frozen.append(try store.freeze(epoch))
    }

    /// Persists the oldest frozen states.
    func persist(_ count: Int = .max) throws {
        for state in frozen.prefix(count) { try store.persister.persist(state) }
        frozen.removeFirst(min(count, frozen.count))
    }

    /// Freezes, persists and copies: what a checkpoint does.
    func checkpoint() throws -> RestoreSource.Part {
        try freeze()
        try persist()
        copies += 1
        let target = "\(folder.path)/copy-\(copies)"
        let files = try store.persister.snapshotFiles(into: target)
        #expect(files.contains { $0.name == "CURRENT" })
        return RestoreSource.Part(
            directory: target,
            keyGroups: keyGroups,
            declarations: declarations
        )
    }

    /// Throws the store away without closing anything, and opens one from a copy.
    func restart(from part: RestoreSource.Part) throws {
        stores += 1
        frozen = []
        store = try StateStore(
            uid: OperatorUID("test"),
            directory: "\(folder.path)/store-\(stores)",
            declarations: declarations,
            keyGroups: keyGroups,
            maxParallelism: maxParallelism,
            budget: budget,
            blockCache: cache,
            restore: RestoreSource(parts: [part], maxParallelism: maxParallelism)
        )
    }

    /// Does one of the things that must never change a result.
    func disturb(_ random: inout SeededGenerator) throws {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: try freeze()
        case 2: try persist(1)
        case 3: try persist()
        case 4: _ = try store.persister.maintain(keyLimit: 90)
        case 5: store.adoptFilters()
        default: break
        }
        if store.shouldFreeze, Bool.random(using: &random) {
            try freeze()
            if Bool.random(using: &random) { try persist() }
        }
    }
}

func bytes(_ texts: [String]) -> BytesValues { BytesValues(texts) }

func keys(_ texts: [String]) -> KeyBatch { KeyBatch(BytesValues(texts)) }

extension ValueLookup {
    /// The rows as text, nil where there is none.
    var texts: [String?] { (0..<count).map { present[$0] ? rows.string($0) : nil } }
}

extension Array where Element == String {
    /// The elements without repetitions, in their order.
    var distinct: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
