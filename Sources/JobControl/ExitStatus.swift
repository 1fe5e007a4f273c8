/// What jobctl's exit codes mean; the documentation repeats them.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// The job has read all its input and delivered everything; or there was nothing to run.
    case success = 0
    /// The job failed: an external system, the data, or Apus itself.
    case jobFailed = 1
    /// The command line cannot be used.
    case usage = 2
    /// The script cannot be read or planned.
    case script = 3
    /// There is no usable checkpoint, or the state folder cannot be used.
    case checkpoint = 4
    /// The job manager does not answer, or refused what was asked.
    case cluster = 5
    /// Stopped by a signal; the job can go on from its last checkpoint.
    case stopped = 130

    /// One line for the help text.
    package var summary: String {
        switch self {
        case .success: "the job finished, or there was nothing to run"
        case .jobFailed: "the job failed"
        case .usage: "the command line cannot be used"
        case .script: "the script cannot be read or planned"
        case .checkpoint: "no usable checkpoint, or the state folder cannot be used"
        case .cluster: "the job manager does not answer or refused, or there is no such job"
        case .stopped: "stopped by SIGINT or SIGTERM; --restore latest goes on"
        }
    }
}

/// A command that ends with a message and an exit code.
package struct CommandFailure: Error {
    package let status: ExitStatus
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
