import Core
import ObjectStore

/// How an object store misbehaves within what S3 allows.
///
/// Objects appear as a whole, and a call that starts after another has returned sees its effect:
/// S3 promises both since 2020. What it does not promise, and what happens here: answers that are
/// late, errors before and after the effect, calls that are given up by the client and have their
/// effect later, and listings of several pages, each of another moment.
struct StoreFaults {
    /// Calls of a thousand that fail without an effect.
    var failsBefore = 20
    /// Calls of a thousand that have an effect, though the caller is told that they failed.
    var failsAfter = 15
    /// Calls of a thousand that the caller gives up, and that have their effect later.
    var landsLate = 5
    /// The same for conditional puts: all that decides something is written by one.
    var conditionalLandsLate = 40
    /// Calls of a thousand that take seconds.
    var isSlow = 10
    /// Listings of a thousand that consist of two pages.
    var isPaged = 200
    /// Listings of a thousand that miss what the last seconds brought: **no S3 does this**; only
    /// the test that shows what we rely on turns it on.
    var isStale = 0

    static let none = StoreFaults(
        failsBefore: 0,
        failsAfter: 0,
        landsLate: 0,
        conditionalLandsLate: 0,
        isSlow: 0,
        isPaged: 0
    )
}

/// The objects, and how the store behaves now.
final class StoreWorld {
    let objects = MemoryStore(location: "s3://simulation")
    var faults = StoreFaults()
    /// Keys by the time at which they appeared; for listings that are stale.
    var appeared: [String: Int64] = [:]
    var callCount = 0
    /// Told of each object in the moment in which it appears.
    var onPut: (_ key: String) -> Void = { _ in }
}

/// The store as one run of one process sees it; its calls block on a lock-step thread.
final class SimulatedStore: ObjectStore, @unchecked Sendable {
    // Safety: as the simulation's.
    private let world: StoreWorld
    private let process: SimulatedProcess
    private let run: Int
    private let simulation: Simulation

    init(_ world: StoreWorld, _ process: SimulatedProcess) {
        self.world = world
        self.process = process
        run = process.incarnation
        simulation = process.simulation
    }

    var location: String { world.objects.location }

    func put(_ key: String, _ bytes: [UInt8], ifAbsent: Bool) throws(ObjectStoreError) {
        let name = "put \(key)\(ifAbsent ? " if absent" : "")"
        let late = ifAbsent ? world.faults.conditionalLandsLate : world.faults.landsLate
        let effect = { [self] in
            Result { () throws(ObjectStoreError) in
                try world.objects.put(key, bytes, ifAbsent: ifAbsent)
                world.appeared[key] = simulation.nowMicroseconds
                world.onPut(key)
            }
        }
        do {
            try call(name, landsLate: late, effect)
        } catch {
            // A client may send it again, and then finds what it has written itself.
            guard error.isRetryable, process.isCurrent(run), simulation.chance(500) else {
                throw error
            }
            try call("\(name), again", landsLate: late, effect)
        }
    }

    func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        throw ObjectStoreError(.failed, "a simulation has no files")
    }

    func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        try call("get \(key)") { [self] in
            Result { () throws(ObjectStoreError) in try world.objects.get(key) }
        }
    }

    func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        throw ObjectStoreError(.failed, "a simulation has no files")
    }

    func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        let page = try call("list \(prefix)") { [self] in
            Result { () throws(ObjectStoreError) in try listing(prefix) }
        }
        guard page.count > 1, simulation.chance(world.faults.isPaged) else { return page }
        // The second page shows the store of a later moment.
        let first = page[..<(page.count / 2)]
        let second = try call("list \(prefix), page 2") { [self] in
            Result { () throws(ObjectStoreError) in try listing(prefix) }
        }
        return first + second.filter { $0.key > (first.last?.key ?? "") }
    }

    private func listing(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        let all = try world.objects.list(prefix)
        guard world.faults.isStale > 0, simulation.chance(world.faults.isStale) else { return all }
        let horizon = simulation.nowMicroseconds - 20_000_000
        return all.filter { (world.appeared[$0.key] ?? 0) < horizon }
    }

    func delete(_ keys: [String]) throws(ObjectStoreError) {
        try call("delete \(keys.joined(separator: " "))") { [self] in
            Result { () throws(ObjectStoreError) in try world.objects.delete(keys) }
        }
    }

    /// One request: it arrives, has its effect, and is answered; or not.
    private func call<Value>(
        _ name: String,
        landsLate: Int? = nil,
        _ effect: @escaping () -> Result<Value, ObjectStoreError>
    ) throws(ObjectStoreError) -> Value {
        guard process.isCurrent(run) else { throw dead() }
        world.callCount += 1
        let faults = world.faults
        if simulation.nowMicroseconds < process.storeCutUntilMicroseconds {
            return try giveUp(name, landsLate: false, effect)
        }
        if simulation.chance(landsLate ?? faults.landsLate) {
            return try giveUp(name, landsLate: true, effect)
        }
        let failsBefore = simulation.chance(faults.failsBefore)
        let failsAfter = simulation.chance(faults.failsAfter)
        let isSlow = simulation.chance(faults.isSlow)
        let there = isSlow ? simulation.within(0...8_000_000) : simulation.within(500...30_000)
        let back = isSlow ? simulation.within(0...8_000_000) : simulation.within(500...30_000)
        var result: Result<Value, ObjectStoreError>?
        simulation.after(there) { [self] in
            // What a dying process had sent may arrive or not.
            guard !failsBefore, process.isCurrent(run) || simulation.chance(500) else { return }
            result = effect()
            simulation.log("\(process.name): \(name)\(Self.outcome(result))")
        }
        guard process.sleep(there + back, run: run) else { throw dead() }
        guard let result, !failsAfter else {
            simulation.log("\(process.name): \(name): 503 \(result == nil ? "before" : "after")")
            throw ObjectStoreError(.failed, isRetryable: true, "503 Slow Down: \(name)")
        }
        return try result.get()
    }

    /// The client waits in vain; the request was lost, or is still on its way.
    private func giveUp<Value>(
        _ name: String,
        landsLate: Bool,
        _ effect: @escaping () -> Result<Value, ObjectStoreError>
    ) throws(ObjectStoreError) -> Value {
        if landsLate {
            simulation.after(simulation.within(1_000_000...60_000_000)) { [self] in
                _ = effect()
                simulation.log("\(process.name): \(name): lands late")
            }
        }
        let timeout = simulation.within(1_000_000...5_000_000)
        guard process.sleep(timeout, run: run) else { throw dead() }
        simulation.log("\(process.name): \(name): no answer")
        throw ObjectStoreError(.failed, isRetryable: true, "no answer: \(name)")
    }

    private static func outcome<Value>(_ result: Result<Value, ObjectStoreError>?) -> String {
        if case .failure(let error)? = result { ": \(error.kind)" } else { "" }
    }

    private func dead() -> ObjectStoreError {
        ObjectStoreError(.failed, "the process is dead")
    }
}
