package import Core

/// What was found of one checkpoint that might be restored.
package struct CheckpointFinding: Hashable, Sendable {
    /// Where it is, for messages: the key of its manifest.
    package let name: String
    package let checkpointID: CheckpointID
    /// Of its manifest; 0 when that cannot be read.
    package let leaderEpoch: UInt64
    /// What is wrong with it; empty when it is whole.
    package let defects: [String]

    package init(
        name: String,
        checkpointID: CheckpointID,
        leaderEpoch: UInt64,
        defects: [String]
    ) {
        self.name = name
        self.checkpointID = checkpointID
        self.leaderEpoch = leaderEpoch
        self.defects = defects
    }
}

/// Which checkpoint to restore.
package enum RecoveryDecision: Hashable, Sendable {
    /// Start from this one; the texts say which newer ones were passed over and why.
    case restore(name: String, notes: [String])
    /// There is none: start without state.
    case fresh
    /// Stop, and tell a person.
    case refuse(String)

    /// What was asked for.
    package enum Request: Hashable, Sendable {
        /// The newest that is whole; none is no error.
        case newest
        /// The newest that is whole; there must be one.
        case latest
        /// Just this one.
        case exactly(String)
    }

    /// Chooses; the newest is the one with the highest leader epoch, then number.
    ///
    /// A checkpoint that exists but is damaged is passed over for an older one. If all are damaged,
    /// starting afresh would lose state without a word: that is refused.
    package static func choose(
        _ findings: [CheckpointFinding],
        _ request: Request
    ) -> RecoveryDecision {
        let sorted = findings.sorted { left, right in
            let isReadable = (left.leaderEpoch > 0, right.leaderEpoch > 0)
            if isReadable.0 && isReadable.1, left.leaderEpoch != right.leaderEpoch {
                return left.leaderEpoch > right.leaderEpoch
            }
            return left.checkpointID > right.checkpointID
        }
        let whole = sorted.first { $0.defects.isEmpty }
        if case .exactly(let name) = request {
            guard let wanted = sorted.first(where: { $0.name == name }) else {
                return .refuse("There is no checkpoint '\(CheckpointLayout.shortName(name))'.")
            }
            if wanted.defects.isEmpty { return .restore(name: name, notes: []) }
            let other = sorted.first { $0.defects.isEmpty && $0.name != name }
            let offer =
                other.map {
                    " The checkpoint '\(CheckpointLayout.shortName($0.name))' is whole: restore from "
                        + "it."
                } ?? ""
            return .refuse(describe(wanted) + offer)
        }
        guard let whole else {
            if sorted.isEmpty {
                return request == .newest
                    ? .fresh : .refuse("There is no checkpoint to restore from.")
            }
            return .refuse(
                "No checkpoint is whole:\n"
                    + sorted.map { "  " + describe($0) }.joined(separator: "\n")
            )
        }
        let passed = sorted.prefix { $0 != whole }.map { describe($0) }
        return .restore(name: whole.name, notes: Array(passed))
    }

    private static func describe(_ finding: CheckpointFinding) -> String {
        "Checkpoint '\(CheckpointLayout.shortName(finding.name))' cannot be used: \(finding.defects.joined(separator: "; "))."
    }
}
