package import Core

/// A job has all slots that it asked for.
package struct SlotGrant: Hashable, Sendable {
    package let job: JobID
    /// The task manager of each slot, by subtask index.
    package let taskManagers: [TaskManagerID]

    package init(job: JobID, taskManagers: [TaskManagerID]) {
        self.job = job
        self.taskManagers = taskManagers
    }
}

/// What an event meant for the jobs.
package struct SlotChange: Hashable, Sendable {
    /// Jobs that held slots which are gone, in the order of their first requests.
    package var lost: [JobID]
    /// Jobs that may be deployed now.
    package var grants: [SlotGrant]

    package init(lost: [JobID] = [], grants: [SlotGrant] = []) {
        self.lost = lost
        self.grants = grants
    }
}
