import Checkpoints
import Core
import JobGraph
import JobManager

/// The job of the simulated cluster: rows of some splits are numbered by key and given to a sink.
///
/// ```
/// source: splits ──rows by key group──▶ stage: counts per key ──▶ sink: transactions
/// ```
/// A row of the sink says which row of which split it was, and the how-many-th of its key. If each
/// row is there once, and the numbers of each key are 1, 2, 3 …, then positions, state and
/// transactions belong together.
struct ToyJob {
    static let keyGroups = 8
    static let sourceNode = 0
    static let sinkNode = 2
    static let stage = 0
    static let shape = JobMachine.Shape(
        sourceNodes: [sourceNode],
        sinkNodes: [sinkNode],
        stageCount: 1
    )

    let id: JobID
    let splits: Int
    let rowsPerSplit: Int
    /// How many of its checkpoints may overlap.
    let concurrentCheckpoints: Int

    var settings: JobSettings {
        var settings = Self.settings
        guard concurrentCheckpoints > 1 else { return settings }
        settings.concurrentCheckpoints = concurrentCheckpoints
        // Else the next one is seldom due before the last is over.
        settings.checkpointIntervalMicroseconds = 700_000
        return settings
    }

    static var settings: JobSettings {
        var settings = JobSettings()
        settings.maxParallelism = keyGroups
        settings.checkpointIntervalMicroseconds = 4_000_000
        settings.checkpointTimeoutMicroseconds = 20_000_000
        settings.retainedCheckpoints = 2
        settings.restart = .exponential(
            initialMicroseconds: 500_000,
            maximumMicroseconds: 5_000_000,
            multiplier: 2,
            resetAfterMicroseconds: 60_000_000,
            jitterFactor: 0.1
        )
        return settings
    }

    /// The key of a row.
    static func key(_ split: Int, _ offset: Int) -> Int {
        (split &* 7919 &+ offset &* 104_729) % 23
    }

    static func group(_ key: Int) -> Int { key % keyGroups }

    static func slot(_ key: Int, _ parallelism: Int) -> Int {
        KeyGroupRange.slot(
            ofGroup: group(key),
            parallelism: parallelism,
            maxParallelism: keyGroups
        )
    }
}

/// A row of the sink.
struct ToyRow: Hashable {
    let split: Int
    let offset: Int
    let key: Int
    let count: Int
}

/// Counts per key, of one key group.
typealias ToyCounts = [Int: Int]

/// State as text: the keys of one key group with their counts.
enum ToyCodec {
    static func encode(_ counts: ToyCounts) -> [UInt8] {
        let text = counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Array(text.joined(separator: " ").utf8)
    }

    static func decode(_ bytes: [UInt8]) -> ToyCounts {
        var counts: ToyCounts = [:]
        for entry in String(decoding: bytes, as: UTF8.self).split(separator: " ") {
            let numbers = entry.split(separator: "=").compactMap { Int($0) }
            counts[numbers[0]] = numbers[1]
        }
        return counts
    }
}

/// One attempt at a job, under one leader.
struct AttemptKey: Hashable, CustomStringConvertible {
    let job: JobID
    let number: Int
    let leaderEpoch: UInt64

    /// The epoch of its claim on the job's checkpoints: attempts of one leader are told apart too.
    var claim: UInt64 { leaderEpoch << 24 + UInt64(number) }

    var description: String { "\(job)#\(leaderEpoch).\(number)" }
}
