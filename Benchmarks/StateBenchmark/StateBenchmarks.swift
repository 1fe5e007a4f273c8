import BenchmarkKit
import Columnar
import Core
import KeyedState
import ObjectStore

/// The benchmarks of this program, by name.
struct StateBenchmarks: Sendable {
    let name: String
    let run: @Sendable () throws -> Void

    static let all: [StateBenchmarks] = [
        StateBenchmarks(name: "update-int-1k") { try update(keys: 1000, isText: false) },
        StateBenchmarks(name: "update-int-1m") { try update(keys: 1_000_000, isText: false) },
        StateBenchmarks(name: "update-text-1k") { try update(keys: 1000, isText: true) },
        StateBenchmarks(name: "update-text-1m") { try update(keys: 1_000_000, isText: true) },
        StateBenchmarks(name: "zipf") { try zipf() },
        StateBenchmarks(name: "multimap") { try multimap() },
        StateBenchmarks(name: "hot-key") { try hotKey() },
        StateBenchmarks(name: "barrier") { try barrier() },
        StateBenchmarks(name: "resident") { try resident() },
        StateBenchmarks(name: "long-run") { try longRun() },
        StateBenchmarks(name: "checkpoint") { try checkpoint() },
    ]

    static let batchRows = 4096

    static func withStore(
        _ shape: StateShape,
        tableBytes: Int,
        cacheBytes: Int = 8 << 20,
        _ body: (StateStore) throws -> Void
    ) throws {
        let path = "/tmp/apus-benchmark-\(LocalFiles.processNumber)"
        defer {
            do { try LocalFiles.removeAll(path) } catch { Report.note("\(error)") }
        }
        let store = try StateStore(
            uid: OperatorUID("benchmark"),
            directory: "\(path)/store",
            declarations: [
                StateDeclaration(
                    id: 0,
                    name: "state",
                    shape: shape,
                    keyTypes: [.bigint],
                    subKeyTypes: shape == .multimap ? [.bigint] : [],
                    rowTypes: [.bigint, .bigint]
                )
            ],
            keyGroups: KeyGroupRange(lower: 0, upper: 128),
            maxParallelism: 128,
            budget: StateBudget(tableBytes: tableBytes),
            blockCache: BlockCache(bytes: cacheBytes)
        )
        try body(store)
    }

    /// Counts and sums by key, a batch at a time: encode, group, look up, add, write back.
    final class Aggregation {
        let state: ValueState
        let groups = GroupIndex()
        let rowCodec = RowCodec([.bigint.notNull, .bigint.notNull])

        init(_ state: ValueState) {
            self.state = state
        }

        func process(_ keys: KeyBatch, _ amounts: FixedValues<Int64>) throws {
            let grouped = groups.assign(keys)
            let distinct = grouped.isTrivial ? keys : keys.gather(grouped.firstRows)
            var counts = FixedBuilder<Int64>(count: grouped.count)
            var sums = FixedBuilder<Int64>(count: grouped.count)
            counts.fill(with: 0)
            sums.fill(with: 0)
            let lookup = try state.lookup(distinct)
            let old = rowCodec.decode(lookup.rows)
            Self.add(grouped, amounts, &counts, &sums)
            Self.addOld(old[0].int64s, old[1].int64s, &counts, &sums)
            let columns = [
                Column(.bigint.notNull, counts.finish()), Column(.bigint.notNull, sums.finish()),
            ]
            let rows = rowCodec.encode(columns, count: grouped.count)
            try state.store(lookup, rows: rows)
        }

        private static func add(
            _ grouped: GroupIndex.Groups,
            _ amounts: FixedValues<Int64>,
            _ counts: inout FixedBuilder<Int64>,
            _ sums: inout FixedBuilder<Int64>
        ) {
            let groupOfRow = grouped.groupOfRow.span
            let amounts = amounts.span
            var counts = counts.span
            var sums = sums.span
            for row in groupOfRow.indices {
                let group = Int(groupOfRow[row])
                counts[group] &+= 1
                sums[group] &+= amounts[row]
            }
        }

        private static func addOld(
            _ oldCounts: FixedValues<Int64>,
            _ oldSums: FixedValues<Int64>,
            _ counts: inout FixedBuilder<Int64>,
            _ sums: inout FixedBuilder<Int64>
        ) {
            let oldCounts = oldCounts.span
            let oldSums = oldSums.span
            var counts = counts.span
            var sums = sums.span
            for group in counts.indices {
                counts[group] &+= oldCounts[group]
                sums[group] &+= oldSums[group]
            }
        }
    }

    /// Keys of a batch as columns: the encoding of keys is part of what is measured.
    static func column(_ numbers: FixedValues<Int64>, isText: Bool) -> Column {
        guard isText else { return Column(.bigint.notNull, numbers) }
        var builder = BytesBuilder(reserving: numbers.count)
        for number in numbers.array { builder.append("customer-\(number &* 7919)") }
        return Column(.string.notNull, builder.finish())
    }

    static func update(keys keyCount: Int, isText: Bool) throws {
        try withStore(.value, tableBytes: 512 << 20) { store in
            let aggregation = Aggregation(store.value(0))
            let codec = KeyCodec([isText ? .string.notNull : .bigint.notNull])
            var random = Numbers(seed: 42)
            let batches = (0..<512).map { _ in
                let numbers = FixedValues(
                    (0..<batchRows).map { _ in Int64(random.next(below: UInt64(keyCount))) }
                )
                return column(numbers, isText: isText)
            }
            let amounts = FixedValues((0..<batchRows).map { Int64($0) })
            for batch in batches {
                try aggregation.process(codec.encode([batch], count: batchRows), amounts)
            }
            let rates = try (0..<5).map { _ in
                let meter = Meter()
                for batch in batches {
                    try aggregation.process(codec.encode([batch], count: batchRows), amounts)
                }
                return Double(batches.count * batchRows) / meter.thread / 1e6
            }
            Report.line(
                "keyed update, \(keyCount) \(isText ? "STRING" : "BIGINT") keys",
                medianOf: rates,
                "M rows/s",
                .atLeast(3),
                "\(store.usage.usedBytes >> 20) MB of state"
            )
        }
    }

    /// Zipf-distributed keys with a tenth of them in memory, with freezes as a job makes them.
    static func zipf() throws {
        let keyCount = 5_000_000
        // 64 bytes a record and 12 for its index: half a million keys.
        try withStore(.value, tableBytes: 44 << 20, cacheBytes: 64 << 20) { store in
            let aggregation = Aggregation(store.value(0))
            let codec = KeyCodec([.bigint.notNull])
            let amounts = FixedValues((0..<batchRows).map { Int64($0) })
            let persister = PersisterThread(store.persister)
            for start in stride(from: 0, to: keyCount, by: batchRows) {
                let end = min(keyCount, start + batchRows)
                let numbers = FixedValues((start..<end).map { Int64($0) &* 1_000_003 })
                let batch = Column(.bigint.notNull, numbers)
                try aggregation.process(codec.encode([batch], count: end - start), amounts)
                try persister.freezeIfNeeded(store)
            }
            try persister.drain()
            var zipf = Zipf(count: keyCount, seed: 7)
            let batches = (0..<1500).map { _ in
                Column(
                    .bigint.notNull,
                    FixedValues((0..<batchRows).map { _ in Int64(zipf.next()) &* 1_000_003 })
                )
            }
            for batch in batches[..<500] {
                try aggregation.process(codec.encode([batch], count: batchRows), amounts)
                try persister.freezeIfNeeded(store)
            }
            var rates: [Double] = []
            for part in 0..<5 {
                let meter = Meter()
                for batch in batches[500 + part * 200..<700 + part * 200] {
                    try aggregation.process(codec.encode([batch], count: batchRows), amounts)
                    try persister.freezeIfNeeded(store)
                }
                rates.append(Double(200 * batchRows) / meter.wall / 1e6)
            }
            try persister.finish()
            Report.line(
                "keyed update, Zipf(1.0) over 5 M, 10 % kept",
                medianOf: rates,
                "M rows/s",
                .atLeast(0.4),
                "\(store.usage.usedBytes >> 20) MB of state in memory"
            )
        }
    }
}
