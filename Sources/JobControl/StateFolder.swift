import Checkpoints
import Core
import FoundationEssentials
import JobManager
import ObjectStore

/// The folder of `--state-dir`: checkpoints, scratch space, and whose they are.
///
/// ```
/// <folder>/job-id                 the job that the checkpoints belong to
/// <folder>/checkpoints/<job-id>/  DESIGN §8
/// <folder>/local/                 state databases of the running process; may be deleted
/// ```
struct StateFolder {
    let jobID: JobID
    let request: CheckpointRequest
    let store: DirectoryStore
    let localFolder: String

    /// Opens the folder for a run.
    ///
    /// - `path`: the folder; made if it is not there.
    /// - `restore`: `latest`, `none`, the path of a checkpoint, or nil if nothing was said.
    init(path: String, restore: String?) throws {
        let root = URL(filePath: path).standardizedFileURL.path
        let idFile = "\(root)/job-id"
        localFolder = "\(root)/local"
        do {
            try FileManager.default.createDirectory(
                atPath: root,
                withIntermediateDirectories: true
            )
            store = try DirectoryStore(path: "\(root)/checkpoints")
        } catch {
            throw CommandFailure(
                .checkpoint,
                "The state folder '\(path)' cannot be used: \(error)"
            )
        }
        let known = (try? String(contentsOfFile: idFile, encoding: .utf8)).map {
            JobID(text: $0.filter { !$0.isWhitespace })
        }
        switch (restore, known) {
        case ("none", _), (nil, nil):
            var random = SystemRandomNumberGenerator()
            jobID = JobID(using: &random)
            request = .fresh
            do {
                try (jobID.text + "\n").write(toFile: idFile, atomically: true, encoding: .utf8)
            } catch {
                throw CommandFailure(.checkpoint, "'\(idFile)' cannot be written: \(error)")
            }
        case (nil, let known?):
            guard try Self.hasCheckpoints(store, known) else {
                jobID = known
                request = .newest
                return
            }
            throw CommandFailure(
                .checkpoint,
                """
                The folder '\(path)' holds checkpoints of an earlier run. Go on from them with \
                --restore latest, or start over with --restore none.
                """
            )
        case (_?, nil):
            throw CommandFailure(
                .checkpoint,
                "The folder '\(path)' holds no checkpoint to restore from; leave --restore out."
            )
        case ("latest", let known?):
            jobID = known
            request = .latest
        case (let wanted?, let known?):
            jobID = known
            request = .exactly(try Self.key(of: wanted, root, known))
        }
    }

    private static func hasCheckpoints(_ store: DirectoryStore, _ job: JobID) throws -> Bool {
        let layout = CheckpointLayout(jobID: job)
        return try store.list(layout.jobFolder).contains { object in
            layout.checkpoint(ofKey: object.key).map { layout.manifestKey($0) == object.key }
                ?? false
        }
    }

    /// The key in the store of a checkpoint that a person names: `chk-7`, or a path.
    private static func key(of wanted: String, _ root: String, _ job: JobID) throws -> String {
        if !wanted.contains("/") { return "\(job)/\(wanted)" }
        let path = URL(filePath: wanted).standardizedFileURL.path
        let prefix = "\(root)/checkpoints/"
        guard path.hasPrefix(prefix) else {
            throw CommandFailure(
                .checkpoint,
                """
                The checkpoint '\(wanted)' is not in the state folder '\(root)': give that folder \
                as --state-dir.
                """
            )
        }
        return String(path.dropFirst(prefix.count))
    }
}
