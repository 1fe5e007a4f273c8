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
/// <folder>/lock                   held by the process that uses the folder
/// ```
struct StateFolder {
    let jobID: JobID
    let request: CheckpointRequest
    let store: DirectoryStore
    let localFolder: String
    /// Held as long as the folder is in use.
    let lock: FileLock

    /// Opens the folder for a run.
    ///
    /// - `path`: the folder; made if it is not there.
    /// - `restore`: `latest`, `none`, the path of a checkpoint, or nil if nothing was said.
    init(path: String, restore: String?) throws {
        let root = URL(filePath: path).standardizedFileURL.path
        let idFile = "\(root)/job-id"
        localFolder = "\(root)/local"
        lock = try Self.lock(root, named: path)
        do {
            store = try DirectoryStore(path: "\(root)/checkpoints")
            store.removeAbandoned()
        } catch {
            throw Self.unusable(path, error)
        }
        let known = try Self.knownJob(idFile, path)
        switch (restore, known) {
        case ("none", _), (nil, nil):
            var random = SystemRandomNumberGenerator()
            jobID = JobID(using: &random)
            request = .fresh
            do throws(SystemFault) {
                try Self.write(jobID, idFile)
            } catch {
                throw Self.unusable(path, error)
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

    /// Makes the folder and takes its lock: two processes would destroy each other's work.
    private static func lock(_ root: String, named path: String) throws -> FileLock {
        let file = "\(root)/lock"
        do throws(SystemFault) {
            try LocalFiles.makeFolders(root)
            return try FileLock(file)
        } catch {
            guard error.isTakenLock else { throw unusable(path, error) }
            let holder = FileLock.holder(file).map { "process \($0)" } ?? "another process"
            throw CommandFailure(
                .checkpoint,
                """
                The state folder '\(path)' is in use: \(holder) holds '\(file)'. Stop it first, or \
                give this job a folder of its own as --state-dir.
                """
            )
        }
    }

    private static func unusable(_ path: String, _ error: any Error) -> CommandFailure {
        CommandFailure(
            .checkpoint,
            """
            The state folder '\(path)' cannot be used: \(error). --state-dir must be a folder, or \
            the name of a new one, that user '\(LocalFiles.userName)' may write to.
            """
        )
    }

    /// Whose checkpoints the folder holds; nil for a new folder.
    private static func knownJob(_ file: String, _ path: String) throws -> JobID? {
        do throws(SystemFault) {
            guard try LocalFiles.target(file) != nil else { return nil }
            let text = String(decoding: try LocalFiles.read(file), as: UTF8.self)
                .filter { !$0.isWhitespace }
            if !text.isEmpty { return JobID(text: text) }
        } catch {
            throw unusable(path, error)
        }
        throw CommandFailure(
            .checkpoint,
            """
            The file '\(file)' is empty: it says which of the folders in '\(path)/checkpoints' is \
            the job's. Write the name of that folder into it, or remove it to start over.
            """
        )
    }

    /// Replaces the file as a whole, so that a crash leaves the old one or the new one.
    private static func write(_ job: JobID, _ file: String) throws(SystemFault) {
        let new = file + ".new"
        try LocalFiles.remove(new)
        try LocalFiles.write(new, Array((job.text + "\n").utf8))
        try LocalFiles.rename(new, to: file)
        try LocalFiles.synchronizeFolder(LocalFiles.parent(of: file))
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
        // As messages name the files of checkpoints.
        if wanted.hasPrefix("\(job)/") { return wanted }
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
