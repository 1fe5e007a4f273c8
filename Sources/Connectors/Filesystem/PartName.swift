import Columnar
import Core

/// The names of the part files of one sink.
///
/// ```
/// .part-<sink>-<subtask>-<claim>-<number>.inprogress        being written
/// .part-<sink>-<subtask>-<claim>-<number>.pending.<epoch>   complete; its checkpoint is not
///  part-<sink>-<subtask>-<claim>-<number>                   visible
/// ```
///
/// `<sink>` stands for the job and the sink in it, `<claim>` for the attempt that wrote it and one
/// life of a writer: `<claim in hexadecimal>_<random>`. Claims begin anew when somebody removes
/// the checkpoints of a job; no file of one life has the name of another's all the same.
struct PartName: Hashable, Sendable {
    /// How far a part is.
    enum State: Hashable, Sendable {
        case inProgress
        case pending(CheckpointID)
        case visible
    }

    let sink: String
    let subtask: Int
    let claim: UInt64
    let life: String
    let number: Int

    private static let inProgressSuffix = "inprogress"
    private static let pendingWord = "pending"

    func text(_ state: State) -> String {
        let writer = "\(String(claim, radix: 16))_\(life)"
        let name = "part-\(sink)-\(subtask)-\(writer)-\(number)"
        switch state {
        case .inProgress: return ".\(name).\(Self.inProgressSuffix)"
        case .pending(let epoch): return ".\(name).\(Self.pendingWord).\(epoch)"
        case .visible: return name
        }
    }

    /// What stands for the sink of a job.
    static func sink(_ jobID: JobID, _ uid: OperatorUID) -> String {
        let hash = Hashing.hash(Array("\(jobID)\n\(uid)".utf8).span)
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The part and its state behind the name of a hidden file; nil for names of others.
    static func parse(hidden name: String) -> (part: PartName, state: State)? {
        let pieces = name.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count >= 3, pieces[0].isEmpty else { return nil }
        let words = pieces[1].split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 5, words[0] == "part", let subtask = Int(words[2]),
            let number = Int(words[4])
        else { return nil }
        let writer = words[3].split(separator: "_")
        guard writer.count == 2, let claim = UInt64(writer[0], radix: 16) else { return nil }
        let part = PartName(
            sink: String(words[1]),
            subtask: subtask,
            claim: claim,
            life: String(writer[1]),
            number: number
        )
        if pieces.count == 3, pieces[2] == inProgressSuffix { return (part, .inProgress) }
        guard pieces.count == 4, pieces[2] == pendingWord, let epoch = CheckpointID(pieces[3])
        else { return nil }
        return (part, .pending(epoch))
    }
}

/// A part that a checkpoint holds: what `commit` has to do.
struct PendingPart: Hashable, Sendable, Codable {
    let folder: String
    let pendingName: String
    let visibleName: String
    let bytes: Int64

    var committable: Committable {
        get throws(ConnectorError) {
            Committable(bytes: Array(try PositionText.encode(self).utf8))
        }
    }

    /// What says that the part was made visible.
    var marker: CommitMarker {
        get throws(ConnectorError) {
            guard let (part, state) = PartName.parse(hidden: pendingName),
                case .pending(let epoch) = state
            else {
                throw ConnectorError(
                    blame: .engine,
                    "the checkpoint holds '\(pendingName)', which is no pending part"
                )
            }
            return CommitMarker(
                sink: part.sink,
                subtask: part.subtask,
                epoch: epoch,
                claim: part.claim
            )
        }
    }

    init(folder: String, pendingName: String, visibleName: String, bytes: Int64) {
        self.folder = folder
        self.pendingName = pendingName
        self.visibleName = visibleName
        self.bytes = bytes
    }

    init(_ committable: Committable) throws(ConnectorError) {
        let text = String(decoding: committable.bytes, as: UTF8.self)
        self = try PositionText.decode(PendingPart.self, text)
    }
}
