import Checkpoints
import Columnar
import Core
import KeyedState
import ObjectStore
import Testing

/// A store that hands out tables as files only.
private struct FilesOnly: ObjectStore {
    let store: MemoryStore
    var location: String { store.location }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        try store.put(key, bytes, ifAbsent: ifAbsent)
    }

    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        try store.putFile(key, fromPath: path)
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        if key.hasSuffix(".sst") { throw ObjectStoreError(.failed, "too large for the memory") }
        return try store.get(key)
    }

    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        try store.getFile(key, toPath: path)
    }

    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] { try store.list(prefix) }

    func delete(_ keys: [String]) throws(ObjectStoreError) { try store.delete(keys) }
}

/// How files are checked before a restore, and which of them need no upload after it.
@Suite struct VerificationTests {
    /// A checkpoint with tables.
    private func checkpoint(_ folder: ScratchFolder) throws -> MemoryStore {
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects)
        try run.put(["a": "1", "b": "2"])
        try run.checkpoint(.checkpoint(1))
        return objects
    }

    @Test func `a large file is checked without being held in memory`() throws {
        let folder = try ScratchFolder()
        let objects = try checkpoint(folder)
        let layout = CheckpointFixture.layout
        let reader = CheckpointReader(store: FilesOnly(store: objects), verifiedInMemoryBytes: 100)
        let whole = try reader.choose(layout, .newest, depth: .checksums)
        #expect(whole.found?.manifest.checkpointID == 1)
        let key = try #require(try objects.list(layout.sharedFolder).first?.key)
        var bytes = try objects.get(key)
        #expect(bytes.count > 100)
        bytes[bytes.count / 2] ^= 1
        try objects.put(key, bytes, ifAbsent: false)
        let found = try reader.read(layout.manifestKey(1))
        let defects = try reader.defects(found, .checksums)
        #expect(defects.count == 1 && defects[0].contains("'\(key)' has changed: checksum"))
        #expect(try reader.defects(found, .sizes).isEmpty)
        // A small one is read whole.
        let small = CheckpointReader(store: FilesOnly(store: objects))
        #expect(failureKind { _ = try small.defects(found, .checksums) } == .failed)
    }

    @Test func `files of state whose rows have become wider are not taken over`() throws {
        let folder = try ScratchFolder()
        let objects = try checkpoint(folder)
        let reader = CheckpointReader(store: objects)
        let found = try reader.read(CheckpointFixture.layout.manifestKey(1))
        let former = CheckpointFixture.declaration
        let wider = StateDeclaration(
            id: former.id,
            name: former.name,
            shape: former.shape,
            keyTypes: former.keyTypes,
            rowTypes: former.rowTypes + [.string]
        )
        let uid = CheckpointFixture.uid
        for (declaration, isAdopted) in [(former, true), (wider, false)] {
            let fetched = try reader.fetch(
                found,
                uid,
                KeyGroupRange(lower: 0, upper: 16),
                [declaration],
                into: "\(folder.path)/fetched-\(isAdopted)"
            )
            let adopted = try #require(fetched?.adopted)
            #expect(adopted.contains { $0.name.hasSuffix(".sst") } == isAdopted)
            #expect(adopted.isEmpty != isAdopted)
            #expect(fetched?.source.parts.count == 1)
        }
    }
}
