import ManagementAPI

/// What every program serves: whether it lives, whether it can take work, its metrics.
enum HealthRoutes {
    static func routes(
        metrics: @escaping @Sendable () async -> String,
        readiness: @escaping @Sendable () async -> Readiness
    ) -> [Route] {
        [
            Route("GET", "/healthz", access: .open, needsLeader: false) { _ in .text("ok\n") },
            Route("GET", "/readyz", access: .open, needsLeader: false) { _ in
                let readiness = await readiness()
                return .text(readiness.message + "\n", status: readiness.isReady ? 200 : 503)
            },
            Route("GET", "/metrics", needsLeader: false) { _ in
                .text(await metrics(), contentType: MetricsText.contentType)
            },
        ]
    }
}
