import Checkpoints
package import Core

/// A submitted job as it outlives its leader: what is needed to run it again, and how it went.
package struct JobRecord: Codable, Hashable, Sendable {
    /// What another leader has to do with it.
    package enum State: String, Codable, Hashable, Sendable {
        /// Accepted, never run.
        case created
        /// Runs, or ran when its leader was last heard of.
        case running
        /// Stopped with a savepoint, to be resumed.
        case suspended
        case finished
        case cancelled
        case failed

        /// Whether nothing will ever happen to it again.
        package var isTerminal: Bool {
            switch self {
            case .created, .running, .suspended: false
            case .finished, .cancelled, .failed: true
            }
        }
    }

    /// Why a job failed.
    package struct Failure: Codable, Hashable, Sendable {
        package let blame: Blame
        package let message: String

        package init(blame: Blame, message: String) {
            self.blame = blame
            self.message = message
        }
    }

    package let id: JobID
    package let name: String
    /// The whole script, with the secrets in it: the store must be private.
    package let sqlText: String
    /// What the submitter set beside the script.
    package let settings: [String: String]
    package var parallelism: Int
    package let maxParallelism: Int
    /// The savepoint or checkpoint to start from, if it was given.
    package var savepointPath: String?
    /// Its number, if it is one that the job itself was to end with.
    package var savepointCheckpoint: CheckpointID?
    /// Whether the job has gone on from that one and ended later; nil when it has not.
    package var isSavepointPassed: Bool?
    package let allowsNonRestoredState: Bool
    package var state: State
    package var failure: Failure?
    package let submittedMicroseconds: Int64
    package var endedMicroseconds: Int64?
    /// How often it was started.
    package var attempts: Int
    /// Whether its checkpoints are still to be deleted, now that it has ended.
    package var discardsCheckpoints: Bool?

    package init(
        id: JobID,
        name: String,
        sqlText: String,
        settings: [String: String] = [:],
        parallelism: Int,
        maxParallelism: Int,
        savepointPath: String? = nil,
        allowsNonRestoredState: Bool = false,
        submittedMicroseconds: Int64
    ) {
        self.id = id
        self.name = name
        self.sqlText = sqlText
        self.settings = settings
        self.parallelism = parallelism
        self.maxParallelism = maxParallelism
        self.savepointPath = savepointPath
        self.allowsNonRestoredState = allowsNonRestoredState
        state = .created
        self.submittedMicroseconds = submittedMicroseconds
        attempts = 0
    }

    /// Notes the savepoint that the job is to end with.
    mutating func keep(_ ending: RestorePoint) {
        savepointPath = SavepointPath.folder(of: ending)
        savepointCheckpoint = ending.checkpoint
    }
}
