package import ManagementAPI

/// How long a job has been in each state, as it is seen from tick to tick on the monotonic clock.
package struct JobTimes: Hashable, Sendable {
    package private(set) var status: JobStatus?
    private var sinceMicroseconds: Int64 = 0
    private var runningMicroseconds: Int64 = 0
    private var restartingMicroseconds: Int64 = 0
    /// When it ceased to run, until it runs again or has ended.
    private var downSinceMicroseconds: Int64?

    package init() {}

    /// Takes note of the state that the job is in.
    package mutating func note(_ new: JobStatus, at now: Int64) {
        guard new != status else { return }
        runningMicroseconds = running(at: now)
        restartingMicroseconds = restarting(at: now)
        if new == .running || new.isTerminal {
            downSinceMicroseconds = nil
        } else if status == .running {
            downSinceMicroseconds = now
        }
        status = new
        sinceMicroseconds = now
    }

    /// In status RUNNING, in all.
    package func running(at now: Int64) -> Int64 {
        runningMicroseconds + (status == .running ? now - sinceMicroseconds : 0)
    }

    /// In status RESTARTING, in all.
    package func restarting(at now: Int64) -> Int64 {
        restartingMicroseconds + (status == .restarting ? now - sinceMicroseconds : 0)
    }

    /// Running without interruption; 0 for a job that does not run.
    package func up(at now: Int64) -> Int64 {
        status == .running ? now - sinceMicroseconds : 0
    }

    /// Since it ceased to run; 0 for a job that runs, or never did.
    package func down(at now: Int64) -> Int64 {
        downSinceMicroseconds.map { now - $0 } ?? 0
    }
}
