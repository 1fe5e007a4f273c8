/// How a case is run.
struct StreamMode: Hashable, Sendable, CustomStringConvertible {
    /// The parallelism of each step in turn; the job is stopped and restored where it changes.
    var parallelism = [1]
    var batchRows = 1
    /// Whether the state has next to no memory.
    var isSpilled = false
    /// Whether each push waits for a checkpoint of the pushes before.
    var isGated = true
    /// Whether sources fail within each step and behind each checkpoint.
    var fails = false
    /// Whether checkpoints are taken all the time, several side by side.
    var overlaps = false

    /// The mode that goldens are recorded in.
    static let reference = StreamMode()

    /// Straight through, with failures, stopped and restored, and without waiting.
    static let all: [StreamMode] = {
        var modes: [StreamMode] = []
        for parallelism in [1, 2] {
            for batchRows in [1, 4096] {
                for isSpilled in [false, true] {
                    modes.append(
                        StreamMode(
                            parallelism: [parallelism],
                            batchRows: batchRows,
                            isSpilled: isSpilled
                        )
                    )
                }
            }
        }
        modes.append(StreamMode(parallelism: [1], batchRows: 1, isSpilled: true, fails: true))
        modes.append(StreamMode(parallelism: [2], batchRows: 4096, fails: true))
        modes.append(StreamMode(parallelism: [2], batchRows: 1, fails: true, overlaps: true))
        modes.append(StreamMode(parallelism: [1, 3], batchRows: 4096))
        modes.append(StreamMode(parallelism: [2, 3], batchRows: 1, isSpilled: true))
        modes.append(StreamMode(parallelism: [2], batchRows: 4096, isGated: false))
        modes.append(StreamMode(parallelism: [3], batchRows: 1, isSpilled: true, isGated: false))
        return modes
    }()

    /// Whether the order of all changes is determined: that of restored rows of a key is not.
    var hasExactChangelog: Bool {
        parallelism == [1] && batchRows == 1 && isGated && !fails && !overlaps
    }

    var description: String {
        [
            "parallelism " + parallelism.map(String.init).joined(separator: " then "),
            "batches of \(batchRows)",
            isSpilled ? "spilled" : "in memory",
            isGated ? nil : "side by side",
            fails ? "with failures" : nil,
            overlaps ? "with checkpoints side by side" : nil,
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}
