import Core
import Expressions
import JobGraph

/// One configuration key.
struct Setting: Sendable {
    /// What values are accepted, for messages.
    let expected: String
    /// Applies a value; false if it cannot be used.
    let apply: @Sendable (inout SessionSettings, String) -> Bool
    /// What the key does, for the documentation.
    let summary: String
}

/// All keys that `SET` and `-D` know.
enum SettingCatalogue {
    static let all: [String: Setting] = checkpointing.merging(pipeline) { $1 }
        .merging(table) { $1 }.merging(restart) { $1 }

    /// Keys of parts of Flink that have no counterpart, and change no result.
    static let ignoredPrefixes = [
        "sql-client.", "table.optimizer.", "table.exec.mini-batch.", "state.backend",
        "execution.runtime-mode", "taskmanager.", "jobmanager.", "rest.", "web.", "metrics.",
        "table.dml-sync", "execution.checkpointing.mode", "execution.checkpointing.dir",
        "execution.checkpointing.savepoint-dir", "state.checkpoints.dir", "state.savepoints.dir",
        "execution.checkpointing.incremental", "execution.checkpointing.unaligned",
        "execution.buffer-timeout", "table.exec.async-",
    ]

    /// Keys that would change results or promise what is not kept, with why they are refused.
    static let refused: [String: (text: String, harmlessValue: String)] = [
        "table.exec.state.ttl": (
            "state does not expire; remove the key, or bound the state with windows", "0"
        ),
        "table.sql-dialect": ("only Flink's default dialect is understood", "default"),
    ]

    private static let checkpointing: [String: Setting] = [
        "execution.checkpointing.interval": duration("how often a checkpoint is taken; 0 for never")
        {
            $0.checkpointIntervalMicroseconds = $1 > 0 ? $1 : nil
        },
        "execution.checkpointing.timeout": duration("after how long a checkpoint is given up") {
            $0.checkpointTimeoutMicroseconds = $1
        },
        "execution.checkpointing.min-pause": duration("the least pause between checkpoints") {
            $0.minPauseBetweenCheckpointsMicroseconds = $1
        },
        "execution.checkpointing.max-concurrent-checkpoints": number(
            1...100,
            "how many checkpoints may be under way at a time; one, if there is a least pause"
        ) { $0.concurrentCheckpoints = $1 },
        "execution.checkpointing.tolerable-failed-checkpoints": number(
            0...1_000_000,
            "how many checkpoints in a row may fail before the job does"
        ) { $0.tolerableFailedCheckpoints = $1 },
        "execution.checkpointing.externalized-checkpoint-retention": Setting(
            expected: "one of: "
                + CheckpointRetention.allCases.map(\.rawValue).joined(separator: ", "),
            apply: { settings, value in
                guard let word = CheckpointRetention(rawValue: value.uppercased()) else {
                    return false
                }
                return settings.changeJob { $0.checkpointRetention = word }
            },
            summary: "what becomes of a cluster job's checkpoints when it ends"
        ),
        "execution.checkpointing.num-retained": retained,
        "state.checkpoints.num-retained": retained,
    ]

    private static let retained = number(1...1000, "how many completed checkpoints are kept") {
        $0.retainedCheckpoints = $1
    }

    private static let pipeline: [String: Setting] = [
        "pipeline.name": Setting(
            expected: "a name",
            apply: { settings, value in settings.changeJob { $0.name = value } },
            summary: "the name of the job"
        ),
        "pipeline.max-parallelism": number(1...32_768, "the number of key groups") {
            $0.maxParallelism = $1
        },
        "pipeline.auto-watermark-interval": Setting(
            expected: "a duration such as '200 ms'",
            apply: { settings, value in
                guard let duration = period(value) else { return false }
                return settings.changeJob {
                    $0.watermarkIntervalMilliseconds = duration / 1000
                }
            },
            summary: "how much event time passes between watermarks"
        ),
        "parallelism.default": parallelism,
        "table.exec.resource.default-parallelism": parallelism,
        "apus.batch-rows": number(1...65_536, "the most rows of a batch") { $0.batchRows = $1 },
    ]

    private static let parallelism = Setting(
        expected: "a whole number from 1 on",
        apply: { settings, value in
            guard let number = Int(value), number >= 1 || number == -1 else { return false }
            return number == -1 || settings.setParallelism(number)
        },
        summary: "how many slots a job takes"
    )

    private static let table: [String: Setting] = [
        "table.local-time-zone": Setting(
            expected: "a time zone such as 'Europe/Lisbon' or 'GMT+05:30'",
            apply: { settings, value in
                ZoneRules(named: value) != nil && settings.setTimeZone(value)
            },
            summary: "the zone in which TIMESTAMP_LTZ values are shown and windows are cut"
        ),
        "table.exec.source.idle-timeout": duration(
            "after how long without rows a source stops holding back event time"
        ) { $0.sourceIdleTimeoutMicroseconds = $1 == 0 ? nil : $1 },
        "table.exec.source.cdc-events-duplicate": flag(
            "whether sources may deliver a change more than once"
        ) { $0.cdcEventsDuplicate = $1 },
        "table.exec.sink.require-on-conflict": flag(
            "whether an INSERT must say what happens when rows claim one key"
        ) { $0.requireOnConflict = $1 },
        "table.exec.sink.not-null-enforcer": words(
            ["ERROR": .error, "DROP": .drop] as [String: SinkSpec.NotNullEnforcer],
            "what happens to a NULL in a NOT NULL column of a sink"
        ) { $0.notNullEnforcer = $1 },
        "table.exec.sink.type-length-enforcer": words(
            ["IGNORE": .ignore, "TRIM_PAD": .trimPad, "ERROR": .error]
                as [String: SinkSpec.LengthEnforcer],
            "what happens to text that does not fit a column of a sink"
        ) { $0.lengthEnforcer = $1 },
        "table.exec.sink.upsert-materialize": words(
            ["AUTO": .auto, "NONE": .none, "FORCE": .force]
                as [String: PlanSettings.UpsertMaterialize],
            "when rows are kept to find the right one for a sink's key"
        ) { $0.upsertMaterialize = $1 },
    ]

    /// A duration in microseconds; what is longer than anybody waits is cut to that, so that
    /// times can be added to it.
    static func period(_ text: String) -> Int64? {
        DurationText.microseconds(text).map { min($0, 100 * 365 * 86_400 * 1_000_000) }
    }

    private static func duration(
        _ summary: String,
        _ set: @escaping @Sendable (inout JobSettings, Int64) -> Void
    ) -> Setting {
        Setting(
            expected: "a duration such as '10 s', '500 ms' or '1 min'",
            apply: { settings, value in
                guard let duration = DurationText.microseconds(value) else { return false }
                return settings.changeJob { set(&$0, duration) }
            },
            summary: summary
        )
    }

    private static func number(
        _ range: ClosedRange<Int>,
        _ summary: String,
        _ set: @escaping @Sendable (inout JobSettings, Int) -> Void
    ) -> Setting {
        Setting(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            apply: { settings, value in
                guard let number = Int(value), range.contains(number) else { return false }
                return settings.changeJob { set(&$0, number) }
            },
            summary: summary
        )
    }

    private static func flag(
        _ summary: String,
        _ set: @escaping @Sendable (inout PlanSettings, Bool) -> Void
    ) -> Setting {
        words(["TRUE": true, "FALSE": false], summary, set)
    }

    private static func words<Value: Sendable>(
        _ words: [String: Value],
        _ summary: String,
        _ set: @escaping @Sendable (inout PlanSettings, Value) -> Void
    ) -> Setting {
        Setting(
            expected: "one of: \(words.keys.sorted().joined(separator: ", "))",
            apply: { settings, value in
                guard let word = words[value.uppercased()] else { return false }
                return settings.changePlan { set(&$0, word) }
            },
            summary: summary
        )
    }
}
