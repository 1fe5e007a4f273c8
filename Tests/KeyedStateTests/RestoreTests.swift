import Columnar
import Core
import KeyedState
import ObjectStore
import Synchronization
import Testing
import Threads

@Suite struct RestoreTests {
    private static func declarations(_ extra: [DataType] = []) -> [StateDeclaration] {
        [
            StateDeclaration(
                id: 0,
                name: "values",
                shape: .value,
                keyTypes: [.bigint.notNull],
                rowTypes: [.bigint, .string] + extra
            ),
            StateDeclaration(
                id: 1,
                name: "pairs",
                shape: .multimap,
                keyTypes: [.bigint.notNull],
                subKeyTypes: [.bigint.notNull],
                rowTypes: [.string] + extra
            ),
            StateDeclaration(
                id: 2,
                name: "windows",
                shape: .window,
                keyTypes: [.bigint.notNull],
                rowTypes: [.bigint]
            ),
        ]
    }

    private static let keyCodec = KeyCodec([.bigint.notNull])

    private func column(_ numbers: [Int64]) -> Column {
        Column(.bigint.notNull, FixedValues(numbers))
    }

    private func batch(_ numbers: [Int64]) -> KeyBatch {
        Self.keyCodec.encode([column(numbers)], count: numbers.count)
    }

    private func texts(_ values: [String]) -> Column {
        Column(.string, BytesValues(values))
    }

    /// The numbers whose key groups belong to a range.
    private func mine(_ numbers: [Int64], _ groups: KeyGroupRange) -> [Int64] {
        let hashes = batch(numbers).hashes
        return numbers.indices.filter {
            groups.contains(KeyGroupRange.group(ofHash: hashes[$0], maxParallelism: 16))
        }.map { numbers[$0] }
    }

    private func fill(_ store: StateStore, _ numbers: [Int64]) throws {
        let mine = mine(numbers, store.keyGroups)
        let count = mine.count
        let values = store.value(0)
        let rows = RowCodec([.bigint, .string]).encode(
            [column(mine), texts(mine.map { "text \($0)" })],
            count: count
        )
        try values.store(try values.lookup(batch(mine)), rows: rows)
        let pairs = store.multimap(1)
        for sub in 0..<3 as Range<Int64> {
            let row = RowCodec([.string]).encode([texts(mine.map { "\($0)/\(sub)" })], count: count)
            let subKeys = Self.keyCodec.encodeBytes(
                [column([Int64](repeating: sub, count: count))],
                count: count
            )
            try pairs.insert(batch(mine), subKeys: subKeys, rows: row)
        }
        let windows = store.window(2)
        for window in [60_000, 120_000] as [Int64] {
            let lookup = try windows.lookup(window: window, batch(mine))
            try windows.store(
                lookup,
                rows: RowCodec([.bigint]).encode([column(mine)], count: count)
            )
        }
    }

    private func check(_ store: StateStore, _ numbers: [Int64], extra: Int = 0) throws {
        let mine = mine(numbers, store.keyGroups)
        let types = store.declarations[0].rowTypes
        let lookup = try store.value(0).lookup(batch(mine))
        #expect(lookup.present.isAllOnes)
        let columns = RowCodec(types).decode(lookup.rows)
        #expect(columns[0].int64s.array == mine)
        #expect(columns[1].byteStrings.strings == mine.map { "text \($0)" })
        for added in columns[2...] { #expect(added.nullCount == mine.count) }
        #expect(columns.count == 2 + extra)
        let entries = try store.multimap(1).entries(batch(mine), ordered: true)
        #expect(entries.subKeys.count == mine.count * 3)
        let pairs = RowCodec(store.declarations[1].rowTypes).decode(entries.rows)
        let expected = mine.flatMap { number in (0..<3).map { "\(number)/\($0)" } }
        #expect(pairs[0].byteStrings.strings == expected)
        #expect(store.window(2).windows == (mine.isEmpty ? [] : [60_000, 120_000]))
        for window in store.window(2).windows {
            var found: [Int64] = []
            try store.window(2).drain(window: window, chunkRows: 100) { keys, _ in
                found += Self.keyCodec.decode(keys.keys)[0].int64s.array
            }
            #expect(found.sorted() == mine.sorted())
        }
        let others = numbers.filter { !mine.contains($0) }
        #expect(try store.value(0).lookup(batch(others)).present.isAllZeros)
    }

    private func restored(
        _ folder: ScratchFolder,
        _ parts: [RestoreSource.Part],
        _ groups: KeyGroupRange,
        _ declarations: [StateDeclaration],
        maxParallelism: Int = 16
    ) throws -> StateStore {
        let number = Int.random(in: 0..<1_000_000_000)
        return try StateStore(
            uid: OperatorUID("join-7"),
            directory: "\(folder.path)/restored-\(number)",
            declarations: declarations,
            keyGroups: groups,
            maxParallelism: maxParallelism,
            budget: Pressure.some.budget,
            blockCache: BlockCache(bytes: 1 << 20),
            restore: RestoreSource(parts: parts, maxParallelism: maxParallelism)
        )
    }

    @Test func `state moves between any numbers of slots`() throws {
        let numbers = (0..<400).map { Int64($0) }
        var parts: [RestoreSource.Part] = []
        var fixtures: [StateFixture] = []
        for slot in 0..<3 {
            let groups = KeyGroupRange(slot: slot, parallelism: 3, maxParallelism: 16)
            let fixture = try StateFixture(
                Self.declarations(),
                Pressure.some.budget,
                keyGroups: groups
            )
            try fill(fixture.store, numbers)
            parts.append(try fixture.checkpoint())
            fixtures.append(fixture)
        }
        let folder = try ScratchFolder()
        for parallelism in [1, 2, 3, 5, 16] {
            for slot in 0..<parallelism {
                let groups = KeyGroupRange(
                    slot: slot,
                    parallelism: parallelism,
                    maxParallelism: 16
                )
                let store = try restored(folder, parts, groups, Self.declarations())
                try check(store, numbers)
                while try store.persister.maintain() {}
                store.adoptFilters()
                try check(store, numbers)
            }
        }
    }

    @Test func `state in a key group of another slot fails before a checkpoint holds it`() throws {
        let owned = KeyGroupRange(lower: 0, upper: 8)
        let numbers = (0..<100).map { Int64($0) }
        let strays = numbers.filter { !mine(numbers, owned).contains($0) }
        for id in 0..<2 as Range<UInt8> {
            let fixture = try StateFixture(
                Self.declarations(),
                Pressure.plenty.budget,
                keyGroups: owned
            )
            let keys = batch([strays[0]])
            if id == 0 {
                let values = fixture.store.value(0)
                let row = RowCodec([.bigint, .string]).encode(
                    [column([1]), texts(["one"])],
                    count: 1
                )
                try values.store(try values.lookup(keys), rows: row)
            } else {
                let row = RowCodec([.string]).encode([texts(["one"])], count: 1)
                let subKeys = Self.keyCodec.encodeBytes([column([1])], count: 1)
                try fixture.store.multimap(1).insert(keys, subKeys: subKeys, rows: row)
            }
            let error = #expect(throws: StateError.self) { try fixture.freeze() }
            #expect(
                error?.message.contains("is not in KeyGroupRange [0, 8) of state \(id)") == true
            )
        }
    }

    @Test func `rows become wider by nullable columns at their end`() throws {
        let numbers = (0..<9000).map { Int64($0) }
        let fixture = try StateFixture(Self.declarations(), Pressure.plenty.budget)
        try fill(fixture.store, numbers)
        let part = try fixture.checkpoint()
        let folder = try ScratchFolder()
        let wider = Self.declarations([.integer, .array(.string)])
        for groups in [KeyGroupRange(lower: 0, upper: 16), KeyGroupRange(lower: 3, upper: 9)] {
            let store = try restored(folder, [part], groups, wider)
            try check(store, numbers, extra: 2)
        }
    }

    @Test func `a schema that does not fit is refused with the operator and both schemas`() throws {
        let fixture = try StateFixture(Self.declarations(), Pressure.plenty.budget)
        let part = try fixture.checkpoint()
        let folder = try ScratchFolder()
        let groups = KeyGroupRange(lower: 0, upper: 16)
        let narrower = Self.declarations().map { old in
            StateDeclaration(
                id: old.id,
                name: old.name,
                shape: old.shape,
                keyTypes: old.keyTypes,
                subKeyTypes: old.subKeyTypes,
                rowTypes: old.id == 0 ? [.bigint] : old.rowTypes
            )
        }
        let notNull = Self.declarations([.integer.notNull])
        let fewer = Array(Self.declarations()[..<2])
        for wanted in [narrower, notNull, fewer] {
            do {
                _ = try restored(folder, [part], groups, wanted)
                Issue.record("a state of another schema was restored")
            } catch {
                let error = try #require(error as? StateError)
                #expect(error.kind == .schema && error.blame == .user && !error.isRetryable)
                #expect(error.message.contains("join-7"))
                #expect(
                    error.message.contains("values: value [BIGINT NOT NULL] -> [BIGINT, STRING]")
                )
                for declaration in wanted { #expect(error.message.contains("\(declaration)")) }
            }
        }
    }

    @Test func `a local copy of state that is damaged does not end the job`() throws {
        let numbers = (0..<9000).map { Int64($0) }
        let fixture = try StateFixture(Self.declarations(), Pressure.plenty.budget)
        try fill(fixture.store, numbers)
        let part = try fixture.checkpoint()
        for name in try LocalFiles.names(in: part.directory) where name.hasSuffix(".sst") {
            let path = "\(part.directory)/\(name)"
            var bytes = try LocalFiles.read(path)
            for place in stride(from: 50, to: bytes.count * 3 / 4, by: 500) { bytes[place] ^= 1 }
            // The store shares the file itself.
            try LocalFiles.remove(path)
            try LocalFiles.write(path, bytes)
        }
        let folder = try ScratchFolder()
        for groups in [KeyGroupRange(lower: 0, upper: 16), KeyGroupRange(lower: 3, upper: 9)] {
            do {
                let store = try restored(folder, [part], groups, Self.declarations())
                _ = try store.value(0).lookup(batch(mine(numbers, groups)))
                Issue.record("damaged state was read")
            } catch {
                let error = try #require(error as? StateError)
                #expect(error.kind == .damaged && error.blame == .external && error.isRetryable)
            }
        }
    }

    @Test func `a checkpoint with other key groups is refused`() throws {
        let fixture = try StateFixture(Self.declarations(), Pressure.plenty.budget)
        let part = try fixture.checkpoint()
        let folder = try ScratchFolder()
        do {
            _ = try StateStore(
                uid: OperatorUID("x"),
                directory: "\(folder.path)/s",
                declarations: Self.declarations(),
                keyGroups: KeyGroupRange(lower: 0, upper: 32),
                maxParallelism: 32,
                budget: Pressure.plenty.budget,
                blockCache: BlockCache(bytes: 1 << 20),
                restore: RestoreSource(parts: [part], maxParallelism: 16)
            )
            Issue.record("key groups were mixed up")
        } catch {
            #expect(error.kind == .schema)
            #expect(error.message.contains("16") && error.message.contains("32"))
        }
    }

    @Test func `a persist that fails loses nothing and is made good by the next`() throws {
        let fixture = try StateFixture(Self.declarations(), Pressure.some.budget)
        let store = fixture.store
        let numbers = (0..<300).map { Int64($0) }
        try fill(store, Array(numbers[..<100]))
        try fixture.freeze()
        try fixture.persist()
        // The folder for new files gives way to a file: nothing can be written.
        let incoming = "\(fixture.folder.path)/store-0/incoming"
        try LocalFiles.removeAll(incoming)
        try LocalFiles.write(incoming, [])
        try fill(store, Array(numbers[..<200]))
        let first = try store.freeze(5)
        #expect(throws: StateError.self) { try store.persister.persist(first) }
        try check(store, Array(numbers[..<200]))
        try store.window(2).drop(window: 60_000)
        try fill(store, numbers)
        let second = try store.freeze(6)
        #expect(throws: StateError.self) { try store.persister.persist(second) }
        #expect(throws: StateError.self) {
            try store.persister.snapshotFiles(into: "\(fixture.folder.path)/no")
        }
        try check(store, numbers)
        try LocalFiles.removeAll(incoming)
        try LocalFiles.makeFolders(incoming)
        try store.persister.persist(try store.freeze(7))
        #expect(store.usage.frozenBytes == 0)
        try check(store, numbers)
        let part = try fixture.checkpoint()
        try fixture.restart(from: part)
        try check(fixture.store, numbers)
    }

    @Test func `a state that is thrown away without a word comes back from its last copy`() throws {
        let fixture = try StateFixture(Self.declarations(), Pressure.tiny.budget)
        let numbers = (0..<200).map { Int64($0) }
        try fill(fixture.store, numbers)
        let part = try fixture.checkpoint()
        for round in 0..<4 {
            try fill(fixture.store, (0..<400).map { Int64($0) })
            try fixture.freeze()
            if round % 2 == 0 { try fixture.persist() }
            try fixture.restart(from: part)
            try check(fixture.store, numbers)
        }
    }

    /// As the persister does while the slot goes on.
    @Test func `copies are made while the state is read`() throws {
        let fixture = try StateFixture([MultimapStateTests.declaration], Pressure.tiny.budget)
        let names = (0..<200).map { "k\($0)" }
        for _ in 0..<3 {
            try fixture.store.multimap(1).insert(
                keys(names),
                subKeys: bytes(names),
                rows: bytes(names)
            )
            try fixture.freeze()
            try fixture.persist()
        }
        let persister = fixture.store.persister
        let folder = fixture.folder.path
        let copies = Mutex<Result<Int, any Error>>(.success(0))
        let copying = WorkerThread(name: "copies") {
            do {
                for number in 0..<500 {
                    let files = try persister.snapshotFiles(into: "\(folder)/read-\(number)")
                    copies.withLock { $0 = $0.map { $0 + files.count { $0.isTable } } }
                }
            } catch {
                copies.withLock { $0 = .failure(error) }
            }
        }
        let state = fixture.store.multimap(1)
        for round in 0..<20_000 {
            let name = names[round % names.count]
            let entries = try state.entries(keys([name]), ordered: false)
            #expect(entries.rows.strings == [name])
        }
        copying.join()
        #expect(try copies.withLock { try $0.get() } >= 500)
    }
}
