import Checkpoints
import Columnar
import Core
import KeyedState
import ObjectStore
import Testing

@Suite struct CheckpointTests {
    private static let names = (0..<3000).map { "order-\($0)" }

    private func rows(_ range: Range<Int>, _ version: Int) -> [String: String] {
        Dictionary(uniqueKeysWithValues: range.map { (Self.names[$0], "v\(version) of \($0)") })
    }

    private func latest(_ objects: any ObjectStore) throws -> CheckpointReader.Found {
        let reader = CheckpointReader(store: objects)
        return try #require(
            try reader.choose(CheckpointFixture.layout, .latest, depth: .checksums).found
        )
    }

    private func open(_ kind: String, _ folder: ScratchFolder) throws -> any ObjectStore {
        kind == "memory" ? MemoryStore() : try DirectoryStore(path: "\(folder.path)/store")
    }

    @Test(arguments: ["memory", "directory"])
    func `only new tables are uploaded, also after a restore`(kind: String) throws {
        let folder = try ScratchFolder()
        let objects = try open(kind, folder)
        let first = try CheckpointFixture(folder, objects)
        try first.put(rows(0..<3000, 1))
        try first.checkpoint(.checkpoint(1))
        let whole = first.newBytes
        try first.put(rows(0..<10, 2))
        try first.checkpoint(.checkpoint(2))
        #expect(first.newBytes > 0 && first.newBytes < whole / 10)
        let second = try CheckpointFixture(folder, objects, from: try latest(objects))
        let expected = rows(0..<3000, 1).merging(rows(0..<10, 2)) { $1 }
        #expect(try second.get(Self.names) == expected)
        try second.put(rows(5..<15, 3))
        try second.checkpoint(.checkpoint(3))
        #expect(second.newBytes > 0 && second.newBytes < whole / 10)
        let third = try CheckpointFixture(folder, objects, from: try latest(objects))
        #expect(try third.get(Self.names) == expected.merging(rows(5..<15, 3)) { $1 })
    }

    @Test func `a job is restored with more and with fewer slots`() throws {
        let folder = try ScratchFolder()
        let objects = try DirectoryStore(path: "\(folder.path)/store")
        var expected = rows(0..<3000, 1)
        let one = try CheckpointFixture(folder, objects)
        try one.put(expected)
        try one.checkpoint(.checkpoint(1))
        for (step, parallelism) in [3, 2, 16, 1].enumerated() {
            let run = try CheckpointFixture(
                folder,
                objects,
                parallelism: parallelism,
                from: try latest(objects)
            )
            #expect(try run.get(Self.names) == expected)
            let change = rows(step * 100..<step * 100 + 300, step + 2)
            try run.put(change)
            try run.put([Self.names[step]: ""])
            expected.merge(change) { $1 }
            expected[Self.names[step]] = nil
            try run.checkpoint(.checkpoint(CheckpointID(step + 2)))
            #expect(try run.get(Self.names) == expected)
        }
    }

    @Test func `a savepoint needs nothing outside its folder and can be moved`() throws {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects, parallelism: 2)
        try run.put(rows(0..<500, 1))
        try run.checkpoint(.checkpoint(1))
        try run.put(rows(500..<600, 1))
        try run.checkpoint(.savepoint(2, id: "before-upgrade"))
        let elsewhere = MemoryStore()
        let prefix = "job/savepoint-before-upgrade/"
        for object in try objects.list(prefix) {
            let key = "moved/\(object.key.dropFirst(prefix.count))"
            try elsewhere.put(key, try objects.get(object.key), ifAbsent: true)
        }
        let chosen = try CheckpointReader(store: elsewhere).choose(
            CheckpointFixture.layout,
            .exactly("moved/"),
            depth: .checksums
        )
        let found = try #require(chosen.found)
        #expect(found.manifest.kind == .savepoint)
        let other = try ScratchFolder()
        let again = try CheckpointFixture(other, elsewhere, parallelism: 1, from: found)
        #expect(try again.get(Self.names) == rows(0..<600, 1))
    }

    @Test func `a changed table is named with both checksums and the previous one is used`() throws
    {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects)
        try run.put(rows(0..<100, 1))
        try run.checkpoint(.checkpoint(1))
        let before = Set(try objects.list("job/shared/").map(\.key))
        try run.put(rows(0..<100, 2))
        try run.checkpoint(.checkpoint(2))
        let key = try #require(
            try objects.list("job/shared/").map(\.key).first { !before.contains($0) }
        )
        var bytes = try objects.get(key)
        bytes[bytes.count / 2] ^= 4
        try objects.put(key, bytes, ifAbsent: false)
        let reader = CheckpointReader(store: objects)
        let layout = CheckpointFixture.layout
        let (found, notes) = try reader.choose(layout, .newest, depth: .checksums)
        #expect(found?.manifest.checkpointID == 1)
        #expect(notes.count == 1 && notes[0].contains(key) && notes[0].contains("checksum"))
        // Without reading every byte it is found when the file is fetched.
        let trusting = try #require(try reader.choose(layout, .newest).found)
        #expect(trusting.manifest.checkpointID == 2)
        let kind = failureKind { _ = try CheckpointFixture(folder, objects, from: trusting) }
        #expect(kind == .damagedInUse)
        try objects.delete([key])
        let (other, reasons) = try reader.choose(layout, .latest)
        #expect(other?.manifest.checkpointID == 1)
        #expect(reasons.first?.contains("missing") == true)
    }

    @Test func `small files are checked, too`() throws {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects)
        try run.checkpoint(.checkpoint(1))
        let found = try latest(objects)
        let file = try #require(found.manifest.sinks.first?.committables.first?.file)
        let reader = CheckpointReader(store: objects)
        #expect(try reader.content(file, of: found) == Array("watermark 0".utf8))
        let key = found.base + file.key
        var bytes = try objects.get(key)
        bytes[Int(file.offset)] ^= 1
        try objects.put(key, bytes, ifAbsent: false)
        #expect(failureKind { _ = try reader.content(file, of: found) } == .damagedInUse)
        #expect(try reader.defects(found, .checksums).contains { $0.contains("mark") })
    }

    @Test func `an older leader cannot complete a checkpoint`() throws {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let old = try CheckpointFixture(folder, objects)
        try old.put(rows(0..<10, 1))
        try old.checkpoint(.checkpoint(1))
        let new = try CheckpointFixture(folder, objects, from: try latest(objects))
        try old.put(rows(0..<10, 9))
        #expect(failureKind { try old.checkpoint(.checkpoint(2)) } == .fenced)
        #expect(try latest(objects).manifest.checkpointID == 1)
        try new.checkpoint(.checkpoint(2))
        #expect(try latest(objects).manifest.leaderEpoch == 2)
        let layout = CheckpointFixture.layout
        let taken = failureKind {
            _ = try CheckpointWriter(store: objects, layout: layout, claiming: 2)
        }
        #expect(taken == .fenced)
        #expect(try new.writer.nextCheckpointID() == 3)
    }

    @Test(arguments: [ObjectStoreError.Kind.full, .failed])
    func `a checkpoint that fails at any call leaves the job and its checkpoints whole`(
        kind: ObjectStoreError.Kind
    ) throws {
        let folder = try ScratchFolder()
        let objects = FaultyStore(MemoryStore())
        let run = try CheckpointFixture(folder, objects, parallelism: 2)
        try run.put(rows(0..<50, 0))
        try run.checkpoint(.checkpoint(1))
        var expected = rows(0..<50, 0)
        var id: CheckpointID = 1
        var failures = 0
        for call in 1...8 {
            let last = id
            id += 1
            let change = rows(call..<call + 20, call)
            try run.put(change)
            let faults: [FaultyStore.Fault] = [.fail(kind), .tear(reported: true), .failAfterwards]
            objects.failCall(call, faults[call % 3])
            let failed = failureKind { try run.checkpoint(.checkpoint(id)) }
            objects.clearFaults()
            let isComplete = try latest(objects).manifest.checkpointID == id
            if failed != nil || !isComplete { failures += 1 }
            let saved = isComplete ? expected.merging(change) { $1 } : expected
            if !isComplete { #expect(try latest(objects).manifest.checkpointID == last) }
            #expect(try run.get(Self.names) == expected.merging(change) { $1 })
            let layout = CheckpointFixture.layout
            try RetentionExecutor(store: objects, layout: layout, keep: 1).run(inProgress: [])
            let copy = try ScratchFolder()
            let reader = CheckpointReader(store: objects)
            let found = try latest(objects)
            let fetched = try reader.fetch(
                found,
                CheckpointFixture.uid,
                KeyGroupRange(lower: 0, upper: 16),
                [CheckpointFixture.declaration],
                into: "\(copy.path)/parts"
            )
            let store = try StateStore(
                uid: CheckpointFixture.uid,
                directory: "\(copy.path)/state",
                declarations: [CheckpointFixture.declaration],
                keyGroups: KeyGroupRange(lower: 0, upper: 16),
                maxParallelism: 16,
                budget: StateBudget(tableBytes: 1 << 20),
                blockCache: BlockCache(bytes: 1 << 20),
                restore: fetched?.source
            )
            let names = saved.keys.sorted()
            let lookup = try store.value(0).lookup(KeyBatch(BytesValues(names)))
            #expect(
                (0..<names.count).map { lookup.rows.string($0) } == names.map { saved[$0] ?? "" }
            )
            id += 1
            try run.checkpoint(.checkpoint(id))
            expected.merge(change) { $1 }
            #expect(try latest(objects).manifest.checkpointID == id)
        }
        #expect(failures >= 5)
    }

    @Test func `retention may stop at any call and goes on later`() throws {
        for call in 1...8 {
            let folder = try ScratchFolder()
            let objects = FaultyStore(MemoryStore())
            let run = try CheckpointFixture(folder, objects)
            for id in 1...4 as ClosedRange<CheckpointID> {
                try run.put(rows(0..<20, Int(id)))
                try run.checkpoint(.checkpoint(id))
            }
            let retention = RetentionExecutor(
                store: objects,
                layout: CheckpointFixture.layout,
                keep: 2
            )
            objects.failCall(call, call % 2 == 0 ? .tear(reported: true) : .fail(.failed))
            _ = failureKind { try retention.run(inProgress: [5]) }
            #expect(try latest(objects).manifest.checkpointID == 4)
            objects.clearFaults()
            try retention.run(inProgress: [])
            let checkpoints = try objects.list("job/").compactMap {
                CheckpointFixture.layout.checkpoint(ofKey: $0.key)
            }
            #expect(Set(checkpoints) == [3, 4])
            #expect(try retention.run(inProgress: []).isEmpty)
            let again = try CheckpointFixture(folder, objects, from: try latest(objects))
            #expect(try again.get(Self.names) == rows(0..<20, 4))
        }
    }
}
