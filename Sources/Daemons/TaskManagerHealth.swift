import Core
import ManagementAPI
import RESTServer
import Synchronization
import TaskManager
import Telemetry
import Threads
import Transport

/// Metrics and health of a task manager over HTTP.
final class TaskManagerHealth: Sendable {
    private let service = Mutex<TaskManagerService?>(nil)
    private let network: ClusterNetwork

    init(_ network: ClusterNetwork) {
        self.network = network
    }

    /// The service that is told of; the server starts before it.
    func watch(_ service: TaskManagerService) {
        self.service.withLock { $0 = service }
    }

    /// Starts the server; nil when the configuration says so.
    func serve(_ start: DaemonStart) throws -> RESTServer? {
        guard try start.settings.integer("metrics.port", -1...65_535) >= 0 else { return nil }
        let options = try start.restOptions(
            hostKey: "metrics.bind-address",
            portKey: "metrics.port"
        )
        let started = start.time.nowMicroseconds
        return try Awaiting.run {
            try await RESTServer.startHealth(
                options,
                metrics: { self.metrics(started) },
                readiness: { self.readiness }
            )
        }
    }

    private var readiness: Readiness {
        let leader = service.withLock { $0?.registeredWith }
        guard let leader else {
            return Readiness(isReady: false, message: "no job manager has taken it in")
        }
        return Readiness(isReady: true, message: "registered with \(leader)")
    }

    private func metrics(_ started: Int64) -> String {
        var samples =
            ProcessMetrics.samples(version: ProductVersion.text, startedMicroseconds: started)
            + network.figures.samples
        if let service = service.withLock({ $0 }) { samples += service.samples }
        return MetricsText.write(samples)
    }
}
