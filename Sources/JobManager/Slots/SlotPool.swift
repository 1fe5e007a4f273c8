package import Core

/// Who has which slots, and who waits for some: a pure state machine.
///
/// ```
///            request                  enough are free               release, request
/// (unknown) ─────────▶ waiting ───────────────────────▶ holding ─────────────────────┐
///     ▲                   ▲  ▲                             │ a task manager is gone   │
///     │ forget            │  └─────── request ───────── holding the rest              │
///     └── from anywhere   └───────────────────────────────────────────────────────────┘
/// ```
/// A job gets all slots that it asks for or none. Jobs are served in the order in which they first
/// asked, and one that restarts keeps its place. While a job waits for slots that the cluster has,
/// no later job is given any: else many small jobs would keep a big one waiting for ever. A job
/// that is bigger than the whole cluster holds up nobody.
package struct SlotPool: Sendable {
    private struct Capacity {
        let total: Int
        var used = 0

        var free: Int { total - used }
    }

    private struct Claimant {
        let name: String
        /// The position of its first request among those of all jobs.
        let rank: Int
        /// How many slots it waits for; 0 when it does not wait.
        var wanted = 0
        /// The task manager of each of its slots.
        var held: [TaskManagerID] = []
    }

    private var capacities: [TaskManagerID: Capacity] = [:]
    private var claimants: [JobID: Claimant] = [:]
    private var nextRank = 0

    package init() {}

    /// Takes in a task manager's slots; one that was known under the same id is removed first.
    package mutating func register(_ taskManager: TaskManagerID, slots: Int) -> SlotChange {
        let lost = drop(taskManager)
        capacities[taskManager] = Capacity(total: max(0, slots))
        return SlotChange(lost: lost, grants: grant())
    }

    /// Forgets a task manager that is gone.
    ///
    /// A job that lost slots keeps the others until it asks anew or releases them.
    package mutating func remove(_ taskManager: TaskManagerID) -> SlotChange {
        SlotChange(lost: drop(taskManager), grants: grant())
    }

    /// A job wants so many slots, instead of those that it holds or waits for.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - name: what messages call it.
    ///   - count: how many slots; if it holds just as many, it keeps them.
    /// - Returns: what is granted now, to this job or to others.
    package mutating func request(_ job: JobID, name: String, count: Int) -> SlotChange {
        precondition(count > 0, "a job runs in at least one slot")
        var claimant = claimants[job] ?? Claimant(name: name, rank: takeRank())
        if claimant.held.count == count {
            claimant.wanted = 0
            claimants[job] = claimant
            let kept = SlotGrant(job: job, taskManagers: claimant.held)
            return SlotChange(lost: [], grants: [kept] + grant())
        }
        free(&claimant)
        claimant.wanted = count
        claimants[job] = claimant
        return SlotChange(lost: [], grants: grant())
    }

    /// A job does not run now: its slots are free and its request is taken back, but it keeps its
    /// place for the next one.
    package mutating func release(_ job: JobID) -> SlotChange {
        guard var claimant = claimants[job] else { return SlotChange() }
        free(&claimant)
        claimant.wanted = 0
        claimants[job] = claimant
        return SlotChange(lost: [], grants: grant())
    }

    /// A job has ended: as `release`, and its place is forgotten.
    package mutating func forget(_ job: JobID) -> SlotChange {
        let change = release(job)
        claimants[job] = nil
        return change
    }

    /// The task manager of each slot that a job holds.
    package func slots(of job: JobID) -> [TaskManagerID] {
        claimants[job]?.held ?? []
    }

    private mutating func takeRank() -> Int {
        defer { nextRank += 1 }
        return nextRank
    }

    private mutating func free(_ claimant: inout Claimant) {
        for taskManager in claimant.held { capacities[taskManager]?.used -= 1 }
        claimant.held = []
    }

    /// Forgets a task manager; the jobs that had slots there, in the order of their ranks.
    private mutating func drop(_ taskManager: TaskManagerID) -> [JobID] {
        guard capacities.removeValue(forKey: taskManager) != nil else { return [] }
        let lost = claimants.filter { $0.value.held.contains(taskManager) }
            .sorted { $0.value.rank < $1.value.rank }.map(\.key)
        for job in lost { claimants[job]?.held.removeAll { $0 == taskManager } }
        return lost
    }

    /// The jobs that wait, those that are served first first.
    private var waiting: [(job: JobID, claimant: Claimant)] {
        claimants.filter { $0.value.wanted > 0 }
            .sorted { $0.value.rank < $1.value.rank }
            .map { (job: $0.key, claimant: $0.value) }
    }

    /// Serves those who wait.
    private mutating func grant() -> [SlotGrant] {
        var grants: [SlotGrant] = []
        for (job, claimant) in waiting where claimant.wanted <= total {
            guard claimant.wanted <= free else { break }
            let taskManagers = spread(claimant.wanted)
            claimants[job]?.wanted = 0
            claimants[job]?.held = taskManagers
            grants.append(SlotGrant(job: job, taskManagers: taskManagers))
        }
        return grants
    }

    /// Takes slots so that all task managers are used to the same share; neighbours stay together.
    private mutating func spread(_ count: Int) -> [TaskManagerID] {
        let ids = capacities.keys.sorted()
        var taken = [Int](repeating: 0, count: ids.count)
        var rows = ids.map { capacities[$0] ?? Capacity(total: 0) }
        for _ in 0..<count {
            var best: Int?
            for index in rows.indices where rows[index].free > 0 {
                guard let other = best else {
                    best = index
                    continue
                }
                // used / total, compared without division.
                let mine = rows[index].used * rows[other].total
                let others = rows[other].used * rows[index].total
                if mine < others || mine == others && taken[index] < taken[other] { best = index }
            }
            guard let best else { preconditionFailure("slots are granted that are not free") }
            rows[best].used += 1
            taken[best] += 1
        }
        for (index, id) in ids.enumerated() { capacities[id] = rows[index] }
        return zip(ids, taken).flatMap { [TaskManagerID](repeating: $0, count: $1) }
    }
}

// What people are told.
extension SlotPool {
    /// All slots of the registered task managers.
    package var total: Int { capacities.values.reduce(0) { $0 + $1.total } }

    /// The slots that no job holds.
    package var free: Int { capacities.values.reduce(0) { $0 + $1.free } }

    /// How many task managers are registered.
    package var taskManagerCount: Int { capacities.count }

    /// The slots of one task manager, all and free; nil when it is not registered.
    package func slots(on taskManager: TaskManagerID) -> (total: Int, free: Int)? {
        capacities[taskManager].map { ($0.total, $0.free) }
    }

    /// Why a job waits, as a part of a sentence; nil when it does not wait.
    package func reason(for job: JobID) -> String? {
        guard let claimant = claimants[job], claimant.wanted > 0 else { return nil }
        let text = "waits for \(Self.slots(claimant.wanted)): "
        if capacities.isEmpty { return text + "no task manager is registered" }
        if claimant.wanted > total {
            return text + "the cluster has \(total) in all (\(managers))"
                + "; start more task managers or lower the parallelism"
        }
        let isFirst = waiting.first { $0.claimant.wanted <= total }
        if let first = isFirst, first.job != job {
            return text + "job '\(first.claimant.name)' asked earlier and "
                + (reason(for: first.job) ?? "is served first")
        }
        return text + "\(free) of \(total) are free (\(managers)\(holders))"
    }

    private static func slots(_ count: Int) -> String { count == 1 ? "1 slot" : "\(count) slots" }

    private var managers: String {
        capacities.count == 1 ? "1 task manager" : "\(capacities.count) task managers"
    }

    /// Those who hold slots, the largest first.
    private var holders: String {
        let all = claimants.values.filter { !$0.held.isEmpty }
            .sorted { ($1.held.count, $0.rank) < ($0.held.count, $1.rank) }
        guard !all.isEmpty else { return "" }
        let named = all.prefix(SlotPool.namedHolders)
            .map { "job '\($0.name)' holds \($0.held.count)" }
        let rest = all.count - named.count
        return "; "
            + (named + (rest > 0 ? ["\(rest) more jobs hold the rest"] : []))
            .joined(separator: ", ")
    }

    /// How many jobs a reason names.
    private static let namedHolders = 3
}
