package import Checkpoints
package import Core

extension JobMachine {
    /// What happens.
    package enum Event: Hashable, Sendable {
        case start
        case tick
        /// A person, or a program on behalf of one, wants something.
        case person(Wish)
        case prepared(attempt: Int, Prepared)
        case prepareFailed(attempt: Int, WrappedFailure)
        /// The task manager of each slot.
        case slotsGranted([TaskManagerID])
        case deployed(attempt: Int, TaskManagerID)
        /// All threads of the attempt at one place have ended.
        case stopped(attempt: Int, TaskManagerID)
        case taskManagerLost(TaskManagerID, reason: String)
        /// Something outside of the slots failed, such as an enumerator or a fenced manifest.
        case failed(attempt: Int, WrappedFailure)
        case task(attempt: Int, TaskNotice)
        case manifestStored(attempt: Int, CheckpointID)
        case manifestFailed(attempt: Int, CheckpointID, reason: String)
    }

    /// What a person wants of a job.
    package enum Wish: Hashable, Sendable {
        /// End without another checkpoint.
        case cancel
        /// End after one more checkpoint.
        case stopAfterCheckpoint
        case savepoint(SavepointRequest)
        /// Go on with another number of slots, from one more checkpoint.
        case rescale(Int)
    }

    /// What preparing an attempt has found.
    package struct Prepared: Hashable, Sendable {
        /// The checkpoint that it starts from.
        package let restored: CheckpointID?
        /// The first number that no checkpoint has used.
        package let nextCheckpoint: CheckpointID

        package init(restored: CheckpointID?, nextCheckpoint: CheckpointID) {
            self.restored = restored
            self.nextCheckpoint = nextCheckpoint
        }
    }

    /// What slots tell, without what only matters to the manifest.
    package enum TaskNotice: Hashable, Sendable {
        case slotRunning(Int)
        case readerFinished(node: Int, subtask: Int)
        case acknowledged(CheckpointID, CheckpointParticipant)
        case committed(CheckpointID, CheckpointParticipant)
        case declined(CheckpointID, reason: String)
        case checkpointFailed(CheckpointID, reason: String)
        case persistFailed(slot: Int, reason: String)
        /// A source waits for a checkpoint between two phases.
        case checkpointWanted
    }

    /// What is to be done.
    package enum Action: Hashable, Sendable {
        /// Claim the job and choose the checkpoint; answered by `prepared` or `prepareFailed`.
        case prepare(attempt: Int, RecoveryDecision.Request)
        /// Answered by `slotsGranted`, at some time.
        case requestSlots(Int)
        /// Give up what was granted or is waited for.
        case releaseSlots
        /// Hand the attempt to its task managers; each answers with `deployed`, or is lost.
        case deploy(attempt: Int, [TaskManagerID])
        case start(attempt: Int)
        /// Stop all threads of the attempt, here and there; everybody answers with `stopped`.
        case stopTasks(attempt: Int, [TaskManagerID])
        case trigger(CheckpointID, isFinal: Bool, SavepointRequest?)
        /// Write the manifest.
        case store(CheckpointID)
        /// Tell sources and sinks that the checkpoint is complete.
        case complete(CheckpointID)
        case giveUp(CheckpointID, reason: String)
        case savepointStored(CheckpointID, SavepointRequest)
        case savepointFailed(SavepointRequest, reason: String)
        case retryPersisting
        /// All slots run.
        case running(attempt: Int)
        case restarting(WrappedFailure, afterMicroseconds: Int64)
        /// The number of slots that the next attempts have.
        case rescaled(Int)
        /// The job goes on as it was.
        case rescaleFailed(WrappedFailure)
        case ended(JobOutcome)
    }
}
