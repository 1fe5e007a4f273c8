package import ManagementAPI
package import RESTServer

/// A server of a test, stopped at its end.
package struct RunningServer: Sendable {
    package let server: RESTServer
    package let service: ScriptedService

    package var address: String { server.address }

    /// Runs a test against a server on a free port.
    package static func run<Result: Sendable>(
        _ options: RESTServerOptions = RESTServerOptions(),
        service: ScriptedService = ScriptedService(),
        readiness: Readiness = .ready,
        _ test: (RunningServer) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.port = 0
        let sample = MetricSample(
            JobManagerMetrics.slotsTotal,
            8,
            MetricLabels.jobManager(host: "h")
        )
        let server = try await RESTServer.start(
            options,
            service: service,
            metrics: { MetricsText.write([sample]) },
            readiness: { readiness }
        )
        do {
            let result = try await test(RunningServer(server: server, service: service))
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}
