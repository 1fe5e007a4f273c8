import Checkpoints
import Core
import Dataflow
import Operators
import Synchronization
import Threads

/// Runs all slots in this process, for `jobctl run` and tests.
final class LocalGateway: TaskGateway {
    /// The only place there is.
    static let place = TaskManagerID("local")

    private let resources: JobResources
    private let slots: LocalSlots
    private let post: @Sendable (JobEvent) -> Void
    private let task = Mutex<JobTask?>(nil)
    private let threads = Mutex<[WorkerThread]>([])

    init(
        _ resources: JobResources,
        _ slots: LocalSlots,
        post: @escaping @Sendable (JobEvent) -> Void
    ) {
        self.resources = resources
        self.slots = slots
        self.post = post
    }

    /// The newest attempt; none before the first.
    var tasks: [JobTask] { task.withLock { $0 }.map { [$0] } ?? [] }

    func deploy(_ deployment: TaskDeployment) {
        let post = post
        let attempt = deployment.attempt
        let task = JobTask(
            deployment,
            localSlots: Array(0..<deployment.parallelism),
            environment: slots.environment(resources, deployment),
            remote: nil,
            events: { post(.task(attempt: attempt, $0)) }
        )
        self.task.withLock { $0 = task }
        run("deploy") { [slots] in
            do {
                try slots.clear()
                try task.load()
                post(.machine(.deployed(attempt: attempt, Self.place)))
            } catch {
                post(.machine(.failed(attempt: attempt, WrappedFailure(error))))
            }
        }
    }

    func send(_ command: TaskCommand, to deployment: TaskDeployment) {
        task.withLock { $0 }?.perform(command)
    }

    func stop(_ deployment: TaskDeployment, at places: [TaskManagerID]) {
        let task = task.withLock { $0 }
        let post = post
        let attempt = deployment.attempt
        run("stop") {
            task?.stop()
            post(.machine(.stopped(attempt: attempt, Self.place)))
        }
    }

    func counters(_ deployment: TaskDeployment) -> [[NodeCounters]] {
        guard let task = task.withLock({ $0 }), task.deployment.id == deployment.id else {
            return []
        }
        return task.localSlots.map { slot in (task.metrics[slot] ?? []).map(\.counters) }
    }

    private func run(_ name: String, _ body: @escaping @Sendable () -> Void) {
        threads.withLock { $0.append(WorkerThread(name: name, body: body)) }
    }

    /// Waits for everything that was begun.
    func join() {
        while let thread = threads.withLock({ $0.popLast() }) { thread.join() }
    }
}
