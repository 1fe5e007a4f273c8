import BenchmarkKit
import Columnar
import Core
import KeyedState
import ObjectStore

extension StateBenchmarks {
    private static func numbers(_ values: [Int64]) -> BytesValues {
        KeyCodec([.bigint.notNull]).encodeBytes(
            [Column(.bigint.notNull, FixedValues(values))],
            count: values.count
        )
    }

    private static func rows(_ count: Int, bytes: Int) -> BytesValues {
        var builder = BytesBuilder(reserving: count, bytes: count * bytes)
        let row = [UInt8](repeating: 7, count: bytes)
        for _ in 0..<count { builder.append(row.span) }
        return builder.finish()
    }

    /// A join's state: insert rows under 200,000 keys, then read all entries of keys.
    static func multimap() throws {
        try withStore(.multimap, tableBytes: 1 << 30) { store in
            let state = store.multimap(0)
            var random = Numbers(seed: 3)
            let row = rows(batchRows, bytes: 60)
            let batches = (0..<250).map { batch in
                let keys = (0..<batchRows).map { _ in Int64(random.next(below: 200_000)) }
                let subKeys = (0..<batchRows).map { Int64(batch * batchRows + $0) }
                return (KeyBatch(numbers(keys)), numbers(subKeys))
            }
            var meter = Meter()
            for (keys, subKeys) in batches { try state.insert(keys, subKeys: subKeys, rows: row) }
            rate(
                "multimap insert, 1 M rows of 60 B, 200 k keys",
                rows: 250 * batchRows,
                meter
            )
            meter = Meter()
            var found = 0
            for batch in 0..<250 {
                let start = Int64(batch * 797)
                let keys = (0..<1024).map { (start + Int64($0)) % 200_000 }
                let entries = try state.entries(KeyBatch(numbers(keys)))
                found += entries.rows.count
            }
            rate("multimap probe, keys of 5 entries", rows: 250 * 1024, meter)
            rate("  the same, by entry", rows: found, meter)
            meter = Meter()
            for (keys, subKeys) in batches { try state.remove(keys, subKeys: subKeys) }
            rate("multimap remove", rows: 250 * batchRows, meter)
            Report.line("  memory used", Figure(Double(store.usage.usedBytes >> 20), "MB"))
        }
    }

    /// One key with 100,000 sub-keys: insert, smallest, remove the smallest.
    static func hotKey() throws {
        for tableBytes in [256 << 20, 4 << 20] {
            try withStore(.multimap, tableBytes: tableBytes) { store in
                let state = store.multimap(0)
                let persister = PersisterThread(store.persister)
                let count = 100_000
                let row = rows(1000, bytes: 16)
                let hot = KeyBatch(numbers([Int64](repeating: 1, count: 1000)))
                let one = KeyBatch(numbers([1]))
                var meter = Meter()
                for start in stride(from: 0, to: count, by: 1000) {
                    let subKeys = (start..<start + 1000).map { Int64(($0 * 7919) % count) }
                    try state.insert(hot, subKeys: numbers(subKeys), rows: row)
                    try persister.freezeIfNeeded(store)
                }
                let memory = "\(tableBytes >> 20) MB"
                rate("hot key insert, \(memory)", rows: count, meter)
                try persister.freeze(store)
                try persister.drain()
                meter = Meter()
                for round in 0..<20_000 {
                    let low = try state.first(one)
                    try state.remove(one, subKeys: low.subKeys)
                    if round % 64 == 0 { try persister.freezeIfNeeded(store) }
                }
                rate("hot key smallest and remove, \(memory)", rows: 20_000, meter)
                try persister.finish()
            }
        }
    }

    /// The pause of a barrier with 100,000 changed entries, and what it costs the persister.
    static func barrier() throws {
        try withStore(.value, tableBytes: 512 << 20) { store in
            let aggregation = Aggregation(store.value(0))
            let codec = KeyCodec([.bigint.notNull])
            var random = Numbers(seed: 5)
            var pauses: [Double] = []
            var persists: [Double] = []
            for round in 0..<8 {
                let count = round == 0 ? 1_000_000 : 100_000
                for start in stride(from: 0, to: count, by: 4000) {
                    let keys = (0..<4000).map { index -> Int64 in
                        round == 0
                            ? Int64(start + index) : Int64(random.next(below: 1_000_000))
                    }
                    let column = Column(.bigint.notNull, FixedValues(keys))
                    let amounts = FixedValues(repeating: 1 as Int64, count: 4000)
                    try aggregation.process(codec.encode([column], count: 4000), amounts)
                }
                var meter = Meter()
                let frozen = try store.freeze(UInt64(round))
                if round > 0 { pauses.append(meter.wall * 1000) }
                meter = Meter()
                try store.persister.persist(frozen)
                if round > 0 { persists.append(meter.wall * 1000) }
            }
            let name = "barrier, about 95,000 changed entries"
            Report.line("\(name): pause", medianOf: pauses, "ms", .atMost(30))
            Report.line("  persisting them, on another thread", medianOf: persists, "ms")
        }
    }

    /// What a store costs beyond its tables.
    static func resident() throws {
        let before = ProcessStatus.residentMegabytes().now
        try withStore(.value, tableBytes: 16 << 20, cacheBytes: 8 << 20) { store in
            let empty = ProcessStatus.residentMegabytes().now
            Report.line(
                "resident memory, empty store",
                Figure(Double(empty), "MB"),
                "\(before) before"
            )
            let aggregation = Aggregation(store.value(0))
            let codec = KeyCodec([.bigint.notNull])
            var random = Numbers(seed: 5)
            let persister = PersisterThread(store.persister)
            for _ in 0..<1000 {
                let keys = (0..<batchRows).map { _ in Int64(random.next(below: 3_000_000)) }
                let column = Column(.bigint.notNull, FixedValues(keys))
                let amounts = FixedValues(repeating: 1 as Int64, count: batchRows)
                try aggregation.process(codec.encode([column], count: batchRows), amounts)
                try persister.freezeIfNeeded(store)
            }
            try persister.finish()
            let memory = ProcessStatus.residentMegabytes()
            Report.line(
                "resident memory, 3 M keys, 16 MB tables",
                Figure(Double(memory.now), "MB"),
                "peak \(memory.peak), \(try store.persister.databaseBytes() >> 20) MB on disk"
            )
        }
    }

    /// Many small checkpoints: level-0 files, the time of a persist and of reads must not grow.
    static func longRun() throws {
        try withStore(.value, tableBytes: 16 << 20, cacheBytes: 8 << 20) { store in
            let aggregation = Aggregation(store.value(0))
            let codec = KeyCodec([.bigint.notNull])
            var random = Numbers(seed: 5)
            for minute in 0..<10 {
                let meter = Meter()
                var worst = 0.0
                var mostFiles = 0
                for checkpoint in 0..<60 {
                    for _ in 0..<5 {
                        let keys = (0..<batchRows).map { _ in Int64(random.next(below: 2_000_000)) }
                        let column = Column(.bigint.notNull, FixedValues(keys))
                        let amounts = FixedValues(repeating: 1 as Int64, count: batchRows)
                        try aggregation.process(codec.encode([column], count: batchRows), amounts)
                    }
                    let frozen = try store.freeze(UInt64(minute * 60 + checkpoint))
                    let persist = Meter()
                    try store.persister.persist(frozen)
                    worst = max(worst, persist.wall * 1000)
                    mostFiles = max(mostFiles, try store.persister.levelZeroFiles())
                }
                Report.line(
                    "checkpoints \(minute * 60 + 1) to \(minute * 60 + 60), CPU",
                    Figure(meter.process, "s"),
                    "worst persist \(Figure.text(worst)) ms, level 0 up to \(mostFiles), "
                        + "\(try store.persister.databaseBytes() >> 20) MB, "
                        + "\(ProcessStatus.residentMegabytes().now) MB resident"
                )
            }
        }
    }

    private static func rate(_ name: String, rows: Int, _ meter: Meter) {
        let thread = meter.thread
        Report.line(
            name,
            Figure(Double(rows) / thread / 1e6, "M rows/s"),
            "\(Figure.text(thread * 1e9 / Double(rows))) ns a row"
        )
    }
}
