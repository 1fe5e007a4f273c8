package import Core

/// Everything that a leader decides: task managers come and go, jobs share their slots.
///
/// A pure state machine around those of the jobs: events in, actions out, the time in the events.
///
/// ```
/// registered, heard, disconnected ─▶ slot pool ─ granted, lost ─▶ JobMachine of each job
///                                        ▲                             │
///                                        └── requests, releases ───────┘
/// ```
package struct ClusterMachine: Sendable {
    /// A task manager as this leader knows it.
    package struct TaskManager: Hashable, Sendable {
        package let id: TaskManagerID
        /// Tells connections apart; a task manager that dials again has another.
        package let connection: Int
        package internal(set) var lastHeardMicroseconds: Int64
    }

    /// What happens.
    package enum Event: Sendable {
        case tick
        case registered(TaskManagerID, connection: Int, slots: Int)
        /// Something came over a connection.
        case heard(connection: Int)
        case disconnected(connection: Int, reason: String)
        /// A job is to run, new or from the registry.
        case submitted(JobID, name: String, JobMachine)
        case job(JobID, JobMachine.Event)
    }

    /// What is to be done.
    package enum Action: Hashable, Sendable {
        case job(JobID, JobMachine.Action)
        /// The registration is in order.
        case welcome(connection: Int)
        /// Close a connection; nothing that comes over it counts any more.
        case disconnect(connection: Int, reason: String)
    }

    private let heartbeatTimeoutMicroseconds: Int64
    package private(set) var pool = SlotPool()
    package private(set) var jobs: [JobID: JobMachine] = [:]
    package private(set) var taskManagers: [TaskManagerID: TaskManager] = [:]
    /// The order in which jobs were submitted, so that a run can be repeated.
    private var order: [JobID] = []

    /// - Parameter heartbeatTimeoutMicroseconds: after how long without a sign of life a task
    ///   manager is lost.
    package init(heartbeatTimeoutMicroseconds: Int64) {
        self.heartbeatTimeoutMicroseconds = heartbeatTimeoutMicroseconds
    }

    /// Takes an event.
    ///
    /// - Returns: what is to be done, in order.
    package mutating func handle(_ event: Event, nowMicroseconds now: Int64) -> [Action] {
        switch event {
        case .tick: return tick(now)
        case .registered(let id, let connection, let slots):
            return register(id, connection, slots, now)
        case .heard(let connection):
            guard let id = owner(of: connection) else { return [] }
            taskManagers[id]?.lastHeardMicroseconds = now
            return []
        case .disconnected(let connection, let reason):
            guard let id = owner(of: connection) else { return [] }
            return lose(id, reason, now)
        case .submitted(let id, let name, let machine):
            guard jobs[id] == nil else { return [] }
            jobs[id] = machine
            names[id] = name
            order.append(id)
            return tell(id, .start, now)
        case .job(let id, let event): return tell(id, event, now)
        }
    }

    private var names: [JobID: String] = [:]

    /// Forgets a job that has ended.
    package mutating func forget(_ id: JobID) {
        guard jobs[id]?.phase == .ended else { return }
        jobs[id] = nil
        names[id] = nil
        order.removeAll { $0 == id }
    }

    private func owner(of connection: Int) -> TaskManagerID? {
        taskManagers.values.first { $0.connection == connection }?.id
    }

    private mutating func register(
        _ id: TaskManagerID,
        _ connection: Int,
        _ slots: Int,
        _ now: Int64
    ) -> [Action] {
        var actions: [Action] = []
        if let former = taskManagers[id] {
            // It dialled again before its old connection was seen to be gone: its tasks are.
            let reason = "it registered again"
            actions.append(.disconnect(connection: former.connection, reason: reason))
            actions += lose(id, reason, now)
        }
        taskManagers[id] = TaskManager(
            id: id,
            connection: connection,
            lastHeardMicroseconds: now
        )
        actions.append(.welcome(connection: connection))
        return actions + grant(pool.register(id, slots: slots), now)
    }

    private mutating func lose(
        _ id: TaskManagerID,
        _ reason: String,
        _ now: Int64
    ) -> [Action] {
        taskManagers[id] = nil
        let change = pool.remove(id)
        var actions: [Action] = []
        // All jobs: one that is being stopped may wait for the task manager without slots.
        for job in order {
            actions += tell(job, .taskManagerLost(id, reason: reason), now)
        }
        return actions + grant(change, now)
    }

    private mutating func grant(_ change: SlotChange, _ now: Int64) -> [Action] {
        var actions: [Action] = []
        for grant in change.grants {
            actions += tell(grant.job, .slotsGranted(grant.taskManagers), now)
        }
        return actions
    }

    private mutating func tick(_ now: Int64) -> [Action] {
        var actions: [Action] = []
        for taskManager in taskManagers.values.sorted(by: { $0.id < $1.id })
        where now - taskManager.lastHeardMicroseconds > heartbeatTimeoutMicroseconds {
            let seconds = heartbeatTimeoutMicroseconds / 1_000_000
            let reason = "no heartbeat for \(seconds) s ('heartbeat.timeout')"
            actions.append(.disconnect(connection: taskManager.connection, reason: reason))
            actions += lose(taskManager.id, reason, now)
        }
        for job in order { actions += tell(job, .tick, now) }
        return actions
    }

    /// Gives a job an event, and does of its actions what concerns slots.
    private mutating func tell(
        _ id: JobID,
        _ event: JobMachine.Event,
        _ now: Int64
    ) -> [Action] {
        guard let wanted = jobs[id]?.handle(event, nowMicroseconds: now) else { return [] }
        var actions: [Action] = []
        for action in wanted {
            switch action {
            case .requestSlots(let count):
                let name = names[id] ?? id.text
                actions += grant(pool.request(id, name: name, count: count), now)
            case .releaseSlots: actions += grant(pool.release(id), now)
            case .ended:
                actions.append(.job(id, action))
                actions += grant(pool.forget(id), now)
            default: actions.append(.job(id, action))
            }
        }
        return actions
    }
}
