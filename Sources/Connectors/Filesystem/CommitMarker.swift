import Core

/// A hidden, empty file that says up to which epoch the parts of one subtask became visible.
///
/// A commit is repeated after a crash, and by then somebody may have taken the visible files
/// away: the marker tells such files from lost ones.
///
/// ```
/// .part-<sink>-<subtask>.committed.<epoch>.<claim>
/// ```
///
/// `<claim>` is that of the attempt which wrote the parts.
struct CommitMarker: Hashable, Sendable {
    let sink: String
    let subtask: Int
    let epoch: CheckpointID
    let claim: UInt64

    private static let word = "committed"

    var text: String { ".part-\(sink)-\(subtask).\(Self.word).\(epoch).\(claim)" }

    init(sink: String, subtask: Int, epoch: CheckpointID, claim: UInt64) {
        self.sink = sink
        self.subtask = subtask
        self.epoch = epoch
        self.claim = claim
    }

    init?(parsing name: String) {
        let pieces = name.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count == 5, pieces[0].isEmpty, pieces[2] == Self.word,
            let epoch = CheckpointID(pieces[3]), let claim = UInt64(pieces[4])
        else { return nil }
        let words = pieces[1].split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "part", let subtask = Int(words[2]) else { return nil }
        self.init(sink: String(words[1]), subtask: subtask, epoch: epoch, claim: claim)
    }

    /// Whether a file of this name says that the epoch of this marker was committed.
    func isCovered(by name: String) -> Bool {
        guard let other = CommitMarker(parsing: name) else { return false }
        return other.sink == sink && other.subtask == subtask && other.epoch >= epoch
    }
}
