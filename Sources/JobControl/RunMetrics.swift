import Core
import JobManager
import ManagementAPI
import RESTServer
import Telemetry

/// Metrics and health of a job that runs in this process, over HTTP.
enum RunMetrics {
    /// Starts the server, on loopback only.
    ///
    /// - Parameters:
    ///   - supervisor: the job.
    ///   - port: to listen at; 0 takes a free one.
    ///   - log: is told where that is.
    /// - Returns: the server, which listens.
    /// - Throws: when the port is taken.
    static func serve(
        _ supervisor: JobSupervisor,
        port: Int,
        _ log: EventLog
    ) throws -> RESTServer {
        var options = RESTServerOptions()
        options.port = port
        let started = log.time.nowMicroseconds
        let server: RESTServer
        do throws(ServiceError) {
            server = try RESTServer.startHealthBlocking(
                options,
                metrics: {
                    MetricsText.write(
                        ProcessMetrics.samples(
                            version: ProductVersion.text,
                            startedMicroseconds: started
                        ) + supervisor.samples
                    )
                },
                readiness: { supervisor.readiness }
            )
        } catch {
            throw CommandFailure(.usage, "--metrics-port \(port) cannot be used: \(error)")
        }
        log.write(
            "info",
            "metrics",
            "Metrics at \(server.address)/metrics.",
            [("address", .text(server.address))]
        )
        return server
    }
}
