import Core
import JobManager
import Testing

@Suite struct SlotPoolTests {
    private let a = TaskManagerID("a")
    private let b = TaskManagerID("b")
    private let c = TaskManagerID("c")
    private let first = JobID(text: "1")
    private let second = JobID(text: "2")
    private let third = JobID(text: "3")

    private func pool(_ slots: [(TaskManagerID, Int)]) -> SlotPool {
        var pool = SlotPool()
        for (id, count) in slots {
            #expect(pool.register(id, slots: count) == SlotChange())
        }
        return pool
    }

    private func granted(_ job: JobID, _ slots: [TaskManagerID]) -> SlotChange {
        SlotChange(grants: [SlotGrant(job: job, taskManagers: slots)])
    }

    @Test func `slots are spread evenly and neighbours stay together`() {
        var pool = pool([(a, 4), (b, 4)])
        #expect(pool.request(first, name: "x", count: 4) == granted(first, [a, a, b, b]))
        #expect(pool.free == 4)
        #expect(pool.total == 8)
        #expect(pool.request(second, name: "y", count: 2) == granted(second, [a, b]))
        #expect(pool.slots(on: a)?.free == 1)
    }

    @Test func `a task manager with more slots gets more of them`() {
        var pool = pool([(a, 2), (b, 6)])
        #expect(pool.request(first, name: "x", count: 4) == granted(first, [a, b, b, b]))
    }

    @Test func `a used task manager gets less`() {
        var pool = pool([(a, 4)])
        #expect(pool.request(first, name: "x", count: 2) == granted(first, [a, a]))
        _ = pool.register(b, slots: 4)
        #expect(pool.request(second, name: "y", count: 4) == granted(second, [a, b, b, b]))
    }

    @Test func `a job gets all its slots or none`() {
        var pool = pool([(a, 2)])
        #expect(pool.request(first, name: "x", count: 4) == SlotChange())
        #expect(pool.free == 2)
        #expect(pool.register(b, slots: 2) == granted(first, [a, a, b, b]))
        #expect(pool.reason(for: first) == nil)
    }

    @Test func `small jobs do not keep a big one waiting`() {
        var pool = pool([(a, 4)])
        _ = pool.request(first, name: "x", count: 2)
        #expect(pool.request(second, name: "big", count: 4) == SlotChange())
        #expect(pool.request(third, name: "small", count: 1) == SlotChange())
        #expect(
            pool.reason(for: third)
                == "waits for 1 slot: job 'big' asked earlier and waits for 4 slots: "
                + "2 of 4 are free (1 task manager; job 'x' holds 2)"
        )
        #expect(pool.forget(first) == granted(second, [a, a, a, a]))
        #expect(pool.forget(second) == granted(third, [a]))
    }

    @Test func `a job that is bigger than the cluster holds up nobody`() {
        var pool = pool([(a, 2)])
        #expect(pool.request(first, name: "big", count: 4) == SlotChange())
        #expect(pool.request(second, name: "small", count: 1) == granted(second, [a]))
        #expect(
            pool.reason(for: first)
                == "waits for 4 slots: the cluster has 2 in all (1 task manager); "
                + "start more task managers or lower the parallelism"
        )
    }

    @Test func `a lost task manager shrinks the cluster, and those behind a big job may run`() {
        var pool = pool([(a, 2), (b, 2)])
        _ = pool.request(first, name: "x", count: 1)
        _ = pool.request(second, name: "big", count: 4)
        _ = pool.request(third, name: "small", count: 1)
        #expect(pool.slots(of: first) == [a])
        #expect(pool.remove(b) == granted(third, [a]))
    }

    @Test func `a job that lost a slot keeps the others until it asks anew`() {
        var pool = pool([(a, 2), (b, 2)])
        _ = pool.request(first, name: "x", count: 4)
        #expect(pool.remove(b) == SlotChange(lost: [first]))
        #expect(pool.slots(of: first) == [a, a])
        #expect(pool.free == 0)
        #expect(pool.request(first, name: "x", count: 4) == SlotChange())
        #expect(pool.free == 2)
        #expect(pool.register(c, slots: 2) == granted(first, [a, a, c, c]))
    }

    @Test func `a job that restarts is served before those that came later`() {
        var pool = pool([(a, 2), (b, 1)])
        _ = pool.request(first, name: "x", count: 3)
        _ = pool.request(second, name: "y", count: 1)
        #expect(pool.remove(b) == SlotChange(lost: [first]))
        #expect(pool.request(first, name: "x", count: 2) == granted(first, [a, a]))
        #expect(pool.reason(for: second)?.contains("job 'x' holds 2") == true)
    }

    @Test func `a job that asks for what it has keeps it`() {
        var pool = pool([(a, 2), (b, 2)])
        let slots = pool.request(first, name: "x", count: 2)
        #expect(pool.request(first, name: "x", count: 2) == slots)
        #expect(pool.free == 2)
    }

    @Test func `a task manager that registers again has lost what it ran`() {
        var pool = pool([(a, 2)])
        _ = pool.request(first, name: "x", count: 1)
        _ = pool.request(second, name: "y", count: 2)
        let change = pool.register(a, slots: 2)
        #expect(change == SlotChange(lost: [first], grants: granted(second, [a, a]).grants))
        #expect(pool.slots(of: first).isEmpty)
    }

    @Test func `a request that is taken back frees the way`() {
        var pool = pool([(a, 2)])
        _ = pool.request(first, name: "x", count: 1)
        _ = pool.request(second, name: "big", count: 2)
        _ = pool.request(third, name: "small", count: 1)
        #expect(pool.release(second) == granted(third, [a]))
        #expect(pool.reason(for: second) == nil)
    }

    @Test func `what is free and held always adds up`() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix(seed: seed)
            var pool = SlotPool()
            var held: [JobID: [TaskManagerID]] = [:]
            var slots: [TaskManagerID: Int] = [:]
            for _ in 0..<200 {
                let id = TaskManagerID("tm-\(Int.random(in: 0..<4, using: &random))")
                let job = JobID(text: "job-\(Int.random(in: 0..<5, using: &random))")
                let change: SlotChange
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    slots[id] = Int.random(in: 0..<5, using: &random)
                    change = pool.register(id, slots: slots[id] ?? 0)
                    for key in held.keys { held[key]?.removeAll { $0 == id } }
                case 1:
                    slots[id] = nil
                    change = pool.remove(id)
                    for key in held.keys { held[key]?.removeAll { $0 == id } }
                case 2, 3:
                    let count = Int.random(in: 1..<7, using: &random)
                    if held[job]?.count != count { held[job] = nil }
                    change = pool.request(job, name: job.text, count: count)
                case 4:
                    held[job] = nil
                    change = pool.release(job)
                default:
                    held[job] = nil
                    change = pool.forget(job)
                }
                for grant in change.grants { held[grant.job] = grant.taskManagers }
                check(pool, held, slots)
            }
        }
    }

    private func check(
        _ pool: SlotPool,
        _ held: [JobID: [TaskManagerID]],
        _ slots: [TaskManagerID: Int]
    ) {
        let used = held.values.flatMap { $0 }
        #expect(pool.total == slots.values.reduce(0, +))
        #expect(pool.free == pool.total - used.count)
        for (id, count) in slots {
            #expect(pool.slots(on: id)?.free == count - used.count { $0 == id })
            #expect(used.count { $0 == id } <= count)
        }
        for (job, list) in held { #expect(pool.slots(of: job) == list) }
    }
}
