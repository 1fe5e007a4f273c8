import Core

/// Tells which hidden files of a folder nobody will ever need.
///
/// Other subtasks may be writing already, and subtask 0 makes the pending parts of all of them
/// visible: each subtask removes its own leftovers only, and subtask 0 those of subtasks that
/// there are no longer. What attempts with a higher claim have left is theirs: this one may have
/// been halted, and be the last to know that it is over.
struct PartLeftovers {
    let sink: String
    let subtask: Int
    let parallelism: Int
    let claim: UInt64
    /// What the job was restored from; nil for a fresh start.
    let checkpoint: CheckpointID?

    /// The names to remove: parts that no checkpoint holds, and markers that say too much or
    /// less than another one.
    func find(in names: [String]) -> [String] {
        let markers = names.compactMap(CommitMarker.init(parsing:)).filter {
            $0.sink == sink && isMine($0.subtask)
        }
        var newest: [Int: CommitMarker] = [:]
        for marker in markers where isRestored(marker.epoch) {
            let other = newest[marker.subtask]
            let isNewer = other.map { ($0.epoch, $0.claim) < (marker.epoch, marker.claim) } ?? true
            if isNewer { newest[marker.subtask] = marker }
        }
        let stale = markers.filter { $0.claim < claim && $0 != newest[$0.subtask] }.map(\.text)
        return names.filter(isDeadPart) + stale
    }

    private func isDeadPart(_ name: String) -> Bool {
        guard let (part, state) = PartName.parse(hidden: name), part.sink == sink,
            part.claim < claim, isMine(part.subtask)
        else { return false }
        switch state {
        case .inProgress: return true
        case .pending(let epoch): return !isRestored(epoch)
        case .visible: return false
        }
    }

    private func isMine(_ owner: Int) -> Bool {
        owner == subtask || (subtask == 0 && owner >= parallelism)
    }

    private func isRestored(_ epoch: CheckpointID) -> Bool { epoch <= checkpoint ?? 0 }
}
