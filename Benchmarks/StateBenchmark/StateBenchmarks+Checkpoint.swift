import BenchmarkKit
import Checkpoints
import Columnar
import Core
import KeyedState
import ObjectStore

extension StateBenchmarks {
    private static let layout = CheckpointLayout(jobID: JobID(text: "benchmark"))
    private static let uid = OperatorUID("benchmark")
    private static let groups = KeyGroupRange(lower: 0, upper: 128)
    private static let declarations = [
        StateDeclaration(
            id: 0,
            name: "state",
            shape: .value,
            keyTypes: [.bigint],
            rowTypes: [.bytes]
        )
    ]

    /// Writes 1 GB of state, takes two checkpoints of it to a directory and restores them.
    static func checkpoint() throws {
        let path = "/tmp/apus-benchmark-\(LocalFiles.processNumber)"
        defer {
            do { try LocalFiles.removeAll(path) } catch { Report.note("\(error)") }
        }
        let objects = try DirectoryStore(path: "\(path)/objects")
        let cache = BlockCache(bytes: 8 << 20)
        try write(path, objects, cache)
        let reader = CheckpointReader(store: objects)
        let found = try reader.choose(layout, .latest).found
        guard let found else { return }
        try restore(path, reader, found, cache, groups, "same slots")
        let half = KeyGroupRange(lower: 0, upper: 64)
        try restore(path, reader, found, cache, half, "twice the slots, one of them")
    }

    private static func open(
        _ directory: String,
        _ cache: BlockCache,
        _ groups: KeyGroupRange,
        _ restore: RestoreSource?
    ) throws -> StateStore {
        try StateStore(
            uid: uid,
            directory: directory,
            declarations: declarations,
            keyGroups: groups,
            maxParallelism: 128,
            budget: StateBudget(tableBytes: 64 << 20),
            blockCache: cache,
            restore: restore
        )
    }

    private static func update(_ state: ValueState, _ keys: [Int64]) throws {
        let codec = KeyCodec([.bigint.notNull])
        let column = Column(.bigint.notNull, FixedValues(keys))
        let lookup = try state.lookup(codec.encode([column], count: keys.count))
        var random = Numbers(seed: UInt64(truncatingIfNeeded: keys.first ?? 0))
        var rows = BytesBuilder(reserving: keys.count, bytes: keys.count * 100)
        for _ in keys {
            for _ in 0..<100 { rows.write(byte: UInt8(truncatingIfNeeded: random.next() & 31)) }
            rows.endValue()
        }
        try state.store(lookup, rows: rows.finish())
    }

    private static func write(
        _ path: String,
        _ objects: DirectoryStore,
        _ cache: BlockCache
    ) throws {
        let store = try open("\(path)/first", cache, groups, nil)
        let persister = PersisterThread(store.persister)
        let count: Int64 = 9_000_000
        var meter = Meter()
        for start in stride(from: 0, to: count, by: 4096) {
            try update(store.value(0), Array(start..<min(count, start + 4096)))
            try persister.freezeIfNeeded(store)
        }
        try persister.drain()
        let bytes = try store.persister.databaseBytes()
        Report.line(
            "state of 9 M rows of 100 B, written",
            Figure(meter.wall, "s"),
            "\(bytes >> 20) MB in tables, \(ProcessStatus.residentMegabytes().now) MB resident"
        )
        let writer = try CheckpointWriter.claimNext(store: objects, layout: layout)
        let uploader = StateUploader(
            layout: layout,
            uid: uid,
            subtask: 0,
            leaderEpoch: writer.leaderEpoch
        )
        for id in 1...2 as ClosedRange<CheckpointID> {
            if id == 2 {
                var random = Numbers(seed: 9)
                for _ in 0..<25 {
                    let keys = Set((0..<4000).map { _ in Int64(random.next(below: 9_000_000)) })
                    try update(store.value(0), Array(keys))
                }
            }
            meter = Meter()
            let newBytes = try complete(path, store, uploader, writer, objects, id)
            Report.line(
                "checkpoint \(id), \(id == 1 ? "all of it" : "100,000 rows later")",
                Figure(meter.wall, "s"),
                "\(Figure.text(meter.thread)) s CPU, \(newBytes >> 20) MB new"
            )
        }
        try persister.finish()
    }

    private static func complete(
        _ path: String,
        _ store: StateStore,
        _ uploader: StateUploader,
        _ writer: CheckpointWriter,
        _ objects: DirectoryStore,
        _ id: CheckpointID
    ) throws -> Int64 {
        let target = CheckpointTarget.checkpoint(id)
        try store.persister.persist(try store.freeze(id))
        let files = try store.persister.snapshotFiles(into: "\(path)/snapshot-\(id)")
        var pack = PackedFile()
        let upload = try uploader.upload(files, for: target, in: objects, into: &pack)
        let references = try pack.write(
            to: objects,
            base: target.base(layout),
            key: target.packedKey(leaderEpoch: writer.leaderEpoch, subtask: 0)
        )
        let part = OperatorSnapshot.Part(
            subtask: 0,
            keyGroups: groups,
            files: upload.files(references)
        )
        let snapshot = OperatorSnapshot(uid: uid, declarations: declarations, parts: [part])
        let manifest = CheckpointManifest(
            kind: .checkpoint,
            jobID: layout.jobID,
            checkpointID: id,
            leaderEpoch: writer.leaderEpoch,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: "{}",
            parallelism: 1,
            maxParallelism: 128,
            sources: [],
            sinks: [],
            operators: [snapshot]
        )
        try writer.write(manifest, for: target)
        return upload.newBytes
    }

    private static func restore(
        _ path: String,
        _ reader: CheckpointReader,
        _ found: CheckpointReader.Found,
        _ cache: BlockCache,
        _ groups: KeyGroupRange,
        _ name: String
    ) throws {
        let folder = "\(path)/fetched-\(groups.upper)"
        var meter = Meter()
        let fetched = try reader.fetch(found, uid, groups, declarations, into: folder)
        let fetchSeconds = meter.wall
        meter = Meter()
        let store = try open("\(path)/restored-\(groups.upper)", cache, groups, fetched?.source)
        let openSeconds = meter.wall
        meter = Meter()
        try update(store.value(0), (0..<4096).map { Int64($0) * 1999 })
        let firstSeconds = meter.wall
        meter = Meter()
        while try store.persister.maintain() {}
        store.adoptFilters()
        let filterSeconds = meter.wall
        Report.line(
            "restore to the first batch, \(name)",
            Figure(fetchSeconds + openSeconds + firstSeconds, "s", .atMost(10)),
            "fetch and check \(Figure.text(fetchSeconds)) s, open \(Figure.text(openSeconds)) s; "
                + "filters \(Figure.text(filterSeconds)) s later"
        )
    }
}
