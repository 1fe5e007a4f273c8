import Core
import JobGraph
package import ManagementAPI
import Synchronization
import Telemetry

// What a job that runs in one process tells Prometheus; any thread may ask.
extension JobSupervisor {
    /// What is read once a tick of the job's machine.
    struct Vitals {
        var times = JobTimes()
        var restarts = 0
    }

    /// Everything of the job and its tasks, under the names that a cluster gives it.
    package var samples: [MetricSample] {
        let host = "localhost"
        let vitals = vitals.withLock { $0 }
        let life = JobSamples(
            history: historian.history,
            times: vitals.times,
            restarts: vitals.restarts,
            nowMicroseconds: resources.time.monotonicMicroseconds,
            labels: MetricLabels.job(
                host: host,
                id: job.id.text,
                name: job.graph.settings.name
            )
        )
        let tasks = TaskSamples(
            readings,
            MetricLabels.taskManager(host: host, id: LocalGateway.place.text),
            resources.time
        )
        return life.all
            + tasks.all(gateway.tasks, stateBytes: Int64(slots.stateBytes(of: job.parallelism)))
    }

    /// Whether rows flow.
    package var readiness: Readiness {
        let status = vitals.withLock { $0.times.status } ?? .created
        return status == .running
            ? .ready : Readiness(isReady: false, message: "the job is \(status.rawValue)")
    }

    func note(_ machine: JobMachine, at now: Int64) {
        vitals.withLock { vitals in
            vitals.times.note(machine.status, at: now)
            vitals.restarts = machine.restarts
        }
        readings.note(at: now) { gateway.tasks }
    }
}
