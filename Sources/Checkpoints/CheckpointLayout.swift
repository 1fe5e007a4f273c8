package import Core

/// The names of objects of a job in the store (DESIGN §8).
///
/// ```
/// <job-id>/shared/<checkpoint>-<leader epoch>-<uid>-<subtask>-<file>     tables, uploaded once
/// <job-id>/chk-<n>/<leader epoch>-<subtask>                              packed small files
/// <job-id>/chk-<n>/_metadata                                             the manifest
/// <job-id>/savepoint-<id>/…                                              the same, self-contained
/// <job-id>/leader/<epoch>                                                claims of leaders
/// <job-id>/started/<epoch>-<leader epoch>-<n>                            what a leader started from
/// ```
package struct CheckpointLayout: Hashable, Sendable {
    package let jobID: JobID

    package init(jobID: JobID) {
        self.jobID = jobID
    }

    package static let manifestName = "_metadata"

    /// What people call a checkpoint: `chk-7`, for the key of its manifest.
    package static func shortName(_ manifestKey: String) -> String {
        manifestKey.split(separator: "/").last { $0 != manifestName }.map(String.init)
            ?? manifestKey
    }

    /// The folder of the job, with a slash at its end.
    package var jobFolder: String { "\(jobID)/" }
    package var sharedFolder: String { "\(jobID)/shared/" }
    package var leaderFolder: String { "\(jobID)/leader/" }
    package var startedFolder: String { "\(jobID)/started/" }

    /// The folder of a checkpoint, with a slash at its end.
    package func folder(_ checkpoint: CheckpointID) -> String { "\(jobID)/chk-\(checkpoint)/" }

    /// The folder of a savepoint, with a slash at its end.
    package func savepointFolder(_ id: String) -> String { "\(jobID)/savepoint-\(id)/" }

    package func manifestKey(_ checkpoint: CheckpointID) -> String {
        folder(checkpoint) + Self.manifestName
    }

    /// The claim of a leader; its number is padded, so that the last in a listing is the newest.
    package func leaderKey(_ epoch: UInt64) -> String {
        leaderFolder + Self.padded(epoch)
    }

    /// The mark of what a leader started from.
    func startedKey(_ start: LeaderStart) -> String {
        "\(startedFolder)\(Self.padded(start.leaderEpoch))-\(start.fromEpoch)-\(start.from)"
    }

    /// What the newest leader that started anything started from.
    func newestStart(amongKeys keys: [String]) -> LeaderStart? {
        keys.compactMap { start(ofKey: $0) }.max { $0.leaderEpoch < $1.leaderEpoch }
    }

    private func start(ofKey key: String) -> LeaderStart? {
        guard key.hasPrefix(startedFolder) else { return nil }
        let numbers = key.dropFirst(startedFolder.count).split(separator: "-")
            .compactMap { UInt64($0) }
        guard numbers.count == 3 else { return nil }
        return LeaderStart(leaderEpoch: numbers[0], fromEpoch: numbers[1], from: numbers[2])
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    /// The leader that claimed with an object of this name.
    package static func leaderEpoch(ofKey key: String) -> UInt64? {
        key.split(separator: "/").last.flatMap { UInt64($0) }
    }

    /// The checkpoint whose folder an object lies in.
    package func checkpoint(ofKey key: String) -> CheckpointID? {
        let parts = key.split(separator: "/")
        guard parts.count >= 3, parts[0] == jobID.text, parts[1].hasPrefix("chk-") else {
            return nil
        }
        return CheckpointID(parts[1].dropFirst(4))
    }

    /// The checkpoint during which a shared object was uploaded.
    package func uploadCheckpoint(ofKey key: String) -> CheckpointID? {
        guard key.hasPrefix(sharedFolder) else { return nil }
        return key.dropFirst(sharedFolder.count).split(separator: "-").first
            .flatMap { CheckpointID($0) }
    }

    /// A name for a table that is uploaded during a checkpoint.
    static func sharedName(
        checkpoint: CheckpointID,
        leaderEpoch: UInt64,
        uid: OperatorUID,
        subtask: Int,
        file: String
    ) -> String {
        let plain = uid.text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        let short = String(plain.prefix(40))
        // Different uids may look alike when cut: their checksum tells them apart.
        let hash = ChecksumText.hexadecimal(Checksum.of(Array(uid.text.utf8).span))
        return "\(checkpoint)-\(leaderEpoch)-\(short)_\(hash)-\(subtask)-\(file)"
    }
}

/// Where the files of one checkpoint or savepoint go.
package enum CheckpointTarget: Hashable, Sendable {
    case checkpoint(CheckpointID)
    /// A savepoint taken as the given checkpoint; its id becomes part of its folder's name.
    case savepoint(CheckpointID, id: String)

    package var checkpointID: CheckpointID {
        switch self {
        case .checkpoint(let id), .savepoint(let id, _): id
        }
    }

    package var kind: CheckpointManifest.Kind {
        switch self {
        case .checkpoint: .checkpoint
        case .savepoint: .savepoint
        }
    }

    /// What the keys in the manifest are relative to.
    package func base(_ layout: CheckpointLayout) -> String {
        switch self {
        case .checkpoint: layout.jobFolder
        case .savepoint(_, let id): layout.savepointFolder(id)
        }
    }

    /// The key of a subtask's packed file, relative to the base.
    package func packedKey(leaderEpoch: UInt64, subtask: Int) -> String {
        switch self {
        case .checkpoint(let id): "chk-\(id)/\(leaderEpoch)-\(subtask)"
        case .savepoint: "\(leaderEpoch)-\(subtask)"
        }
    }

    /// The key of a table, relative to the base.
    func tableKey(_ name: String) -> String {
        switch self {
        case .checkpoint: "shared/\(name)"
        case .savepoint: "tables/\(name)"
        }
    }

    /// The key of the manifest.
    package func manifestKey(_ layout: CheckpointLayout) -> String {
        switch self {
        case .checkpoint(let id): layout.manifestKey(id)
        case .savepoint(_, let id): layout.savepointFolder(id) + CheckpointLayout.manifestName
        }
    }
}
