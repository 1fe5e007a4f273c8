import Checkpoints
import Core
import JobManager

/// What a leader tells a task manager.
enum ManagerMessage {
    case registered(epoch: UInt64)
    case heartbeat
    case deploy(AttemptKey, Deployment)
    case start(AttemptKey)
    case stop(AttemptKey)
    case trigger(AttemptKey, CheckpointID, isFinal: Bool)
    case complete(AttemptKey, CheckpointID)
}

/// What a task manager tells a leader.
enum WorkerMessage {
    case heartbeat
    case deployed(AttemptKey)
    case stopped(AttemptKey)
    case failed(AttemptKey, String)
    case notice(AttemptKey, JobMachine.TaskNotice, CheckpointPart?)
}

/// Both directions of a control connection.
enum ControlMessage {
    case manager(ManagerMessage)
    case worker(WorkerMessage)
}

/// What an acknowledgement brings for the manifest.
enum CheckpointPart {
    case positions(subtask: Int, [Int: Int])
    case state(OperatorSnapshot.Part)
    case transactions(subtask: Int, [String])
}

/// What an attempt needs to know to be built.
struct Deployment {
    /// The task manager of each subtask.
    let places: [TaskManagerID]
    let restore: Restore?
    var parallelism: Int { places.count }
}

/// The checkpoint to start from.
struct Restore {
    let found: CheckpointReader.Found
    /// The prepared transactions that it holds.
    let transactions: [String]

    /// Where each split goes on.
    var positions: [SplitPosition] { found.manifest.sources.flatMap { $0.held.flatMap(\.self) } }
}

/// What flows from a source subtask to a slot.
enum DataElement {
    case row(split: Int, offset: Int)
    case barrier(CheckpointID, isFinal: Bool)
}

/// An element with its channel.
struct DataMessage {
    let from: Int
    let to: Int
    let element: DataElement
}
