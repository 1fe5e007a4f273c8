import Testing

/// How the cases are run on a cluster of one job manager and two task managers with two slots each.
struct ClusterMode: Sendable, CustomTestStringConvertible {
    /// The slots of the cases in turn.
    var parallelism = [1]
    var batchRows = 4096
    /// Whether the state has next to no memory.
    var isSpilled = false
    /// Whether each push waits for a checkpoint of the pushes before.
    var isGated = true
    /// Whether processes are killed and jobs rescaled while the cases run.
    var isDisturbed = false

    static let all = [
        ClusterMode(batchRows: 1),
        ClusterMode(parallelism: [2], batchRows: 1, isSpilled: true),
        ClusterMode(parallelism: [4]),
        ClusterMode(parallelism: [3, 4], batchRows: 1, isSpilled: true, isGated: false),
        ClusterMode(parallelism: [4, 3], batchRows: 1, isDisturbed: true),
        ClusterMode(parallelism: [2, 4], isSpilled: true, isDisturbed: true),
    ]

    /// Whether the order of all changes is determined.
    var hasExactChangelog: Bool {
        parallelism == [1] && batchRows == 1 && isGated && !isDisturbed
    }

    var testDescription: String {
        [
            "parallelism " + parallelism.map(String.init).joined(separator: " and "),
            "batches of \(batchRows)",
            isSpilled ? "spilled" : "in memory",
            isGated ? nil : "side by side",
            isDisturbed ? "with kills" : nil,
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}
