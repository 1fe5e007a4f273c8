package import Connectors
package import Core

/// What the job manager tells the slots of a running attempt.
package enum TaskCommand: Hashable, Sendable, Codable {
    /// All slots are deployed everywhere: run.
    case start
    /// Hands a split to a reader.
    case assign(SourceSplit, node: Int, subtask: Int)
    /// There will never be another split for a reader.
    case noMoreSplits(node: Int, subtask: Int)
    /// Have all sources inject a barrier.
    case trigger(Barrier)
    /// A checkpoint is complete: sinks commit it, sources may confirm it.
    case complete(CheckpointID)
    /// Have state that could not be written to disk tried now.
    case retryPersisting

    /// The slot that it is for; nil for all.
    package var subtask: Int? {
        switch self {
        case .assign(_, _, let subtask), .noMoreSplits(_, let subtask): subtask
        case .start, .trigger, .complete, .retryPersisting: nil
        }
    }
}
