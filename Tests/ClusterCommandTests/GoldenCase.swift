import ManagementAPI
import ManagementKit
import Testing

/// A command, what the job manager answers, and the file that has what is said.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    var isTerminal = false
    var isInterrupted = false
    /// Whether six seconds pass between two looks at the clock.
    var isSlow = false
    let change: @Sendable (inout ScriptedService.State) -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ arguments: String,
        isTerminal: Bool = false,
        isInterrupted: Bool = false,
        isSlow: Bool = false,
        _ change: @escaping @Sendable (inout ScriptedService.State) -> Void = { _ in }
    ) {
        self.name = name
        self.arguments = arguments.split(separator: " ").map(String.init)
        self.isTerminal = isTerminal
        self.isInterrupted = isInterrupted
        self.isSlow = isSlow
        self.change = change
    }

    static let ended = Samples.job(
        id: Samples.otherJobID,
        name: "backfill",
        state: .finished,
        startTime: Samples.now - 300_000
    )

    static let all: [GoldenCase] = [
        GoldenCase("list", "list") { $0.jobs.append(ended) },
        GoldenCase("list-all", "list --all") { $0.jobs.append(ended) },
        GoldenCase("list-empty", "list") { $0.jobs = [] },
        GoldenCase("list-json", "list --output json"),
        GoldenCase("status", "status orders"),
        GoldenCase("status-json", "status 3f2a --output json"),
        GoldenCase("status-unknown", "status oders"),
        GoldenCase("status-no-jobs", "status orders") { $0.jobs = [] },
        GoldenCase("status-ambiguous", "status 3f") { $0.jobs.append(ended) },
        GoldenCase("status-quiet", "status orders") { state in
            state.jobs[0].stalls = []
            state.jobs[0].slots = []
            state.jobs[0].restarts = 0
            state.exceptions = []
            state.checkpoints.latest = LatestCheckpoints()
        },
        GoldenCase("submit", "submit DIR/orders.sql --parallelism 4 -D a.b=c=d"),
        GoldenCase("submit-json", "submit DIR/orders.sql --output json"),
        GoldenCase("submit-refused", "submit DIR/orders.sql") { state in
            state.failure = .badRequest("orders.sql:1:13: Object 'totals' not found.")
        },
        GoldenCase("submit-savepoint", "submit DIR/orders.sql --from-savepoint /s") { state in
            state.failure = .conflict("There is no savepoint or checkpoint at '/s'.")
        },
        GoldenCase("submit-wait", "submit DIR/orders.sql --wait") { state in
            state.statuses = [.created, .running, .running, .restarting, .running, .finished]
        },
        GoldenCase("submit-wait-live", "submit DIR/orders.sql --wait", isTerminal: true) { state in
            state.statuses = [.created, .running, .finished]
        },
        GoldenCase("submit-wait-failed", "submit DIR/orders.sql --wait") { state in
            state.statuses = [.running, .failing, .failed]
        },
        GoldenCase("submit-wait-cancelled", "submit DIR/orders.sql --wait") { state in
            state.statuses = [.running, .canceled]
        },
        GoldenCase("submit-wait-interrupted", "submit DIR/orders.sql --wait", isInterrupted: true),
        GoldenCase("savepoint", "savepoint orders s3://backup") { state in
            state.operations = [.inProgress, .completed(location: "s3://backup/savepoint-3f2a")]
        },
        GoldenCase("savepoint-json", "savepoint take orders --output json") { state in
            state.operations = [.completed(location: "s3://backup/savepoint-3f2a")]
        },
        GoldenCase("savepoint-failed", "savepoint orders") { state in
            state.operations = [.failed("'s3://backup' cannot be written: access denied")]
        },
        GoldenCase("savepoint-interrupted", "savepoint orders", isInterrupted: true) { state in
            state.operations = [.inProgress]
        },
        GoldenCase("savepoint-live", "savepoint orders", isTerminal: true),
        GoldenCase("stop", "stop orders --savepoint-path s3://backup --drain") { state in
            state.operations = [.completed(location: "s3://backup/savepoint-3f2a")]
        },
        GoldenCase("stop-failed", "stop orders") { state in
            state.operations = [.failed("sink-1 did not acknowledge; the job goes on")]
        },
        GoldenCase("stop-next-leader", "stop orders") { state in
            state.operationFailure = .notFound("Nobody knows of a savepoint '1' of job 2.")
        },
        GoldenCase("cancel", "cancel orders") { state in
            state.statuses = [.running, .running, .cancelling, .canceled]
        },
        GoldenCase("cancel-no-wait", "cancel orders --no-wait") { state in
            state.statuses = [.running, .cancelling]
        },
        GoldenCase("cancel-json", "cancel orders --output json") { state in
            state.statuses = [.running, .canceled]
        },
        GoldenCase("cancel-live", "cancel orders", isTerminal: true) { state in
            state.statuses = [.running, .running, .cancelling, .canceled]
        },
        GoldenCase("cancel-slow", "cancel orders", isSlow: true) { state in
            state.statuses = Array(repeating: .running, count: 4) + [.cancelling, .canceled]
        },
        GoldenCase(
            "cancel-json-slow",
            "cancel orders --output json",
            isTerminal: true,
            isSlow: true
        ) { state in
            state.statuses = Array(repeating: .running, count: 4) + [.canceled]
        },
        GoldenCase("rescale", "rescale orders --parallelism 4"),
        GoldenCase("rescale-no-wait", "rescale orders --parallelism 8 --no-wait"),
        GoldenCase("rescale-failed", "rescale orders --parallelism 8") { state in
            state.operations = [.failed("8 slots are wanted and 4 are free")]
        },
        GoldenCase("rescale-next-leader", "rescale orders --parallelism 4") { state in
            state.operationFailure = .notFound("Nobody knows of it.")
            state.statuses = [.running, .restarting, .initializing, .running]
        },
        GoldenCase("rescale-next-leader-failed", "rescale orders --parallelism 8") { state in
            state.operationFailure = .notFound("Nobody knows of it.")
        },
        GoldenCase("checkpoints", "checkpoints orders"),
        GoldenCase("checkpoints-none", "checkpoints orders") { state in
            state.checkpoints.counts = CheckpointCounts()
            state.checkpoints.history = []
        },
        GoldenCase("taskmanagers", "taskmanagers"),
        GoldenCase("taskmanagers-none", "taskmanagers") { $0.taskManagers = [] },
        GoldenCase("logs", "logs --lines 2"),
        GoldenCase("logs-json", "logs --taskmanager tm-1 --output json"),
        GoldenCase("logs-unknown", "logs --taskmanager tm-9"),
        GoldenCase("logs-follow", "logs --follow", isInterrupted: true),
        GoldenCase("refused", "list") { $0.failure = ServiceError(500, "A promise is broken.") },
    ]
}
