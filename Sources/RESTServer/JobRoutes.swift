import ManagementAPI

/// What there is to know of jobs.
enum JobRoutes {
    static func routes(_ service: any JobManagerService) -> [Route] {
        [
            Route("GET", "/jobs") { _ async throws(ServiceError) in
                let jobs = try await service.jobs()
                return try .json(
                    JobIDList(jobs: jobs.map { JobIDList.Entry(id: $0.id, status: $0.state) })
                )
            },
            Route("GET", "/jobs/overview") { _ async throws(ServiceError) in
                try .json(JobsOverview(jobs: try await service.jobs()))
            },
            Route("GET", "/jobs/{jobid}") { request async throws(ServiceError) in
                try .json(try await service.job(request["jobid"]))
            },
            Route("GET", "/jobs/{jobid}/status") { request async throws(ServiceError) in
                try .json(JobStatusInfo(status: try await service.job(request["jobid"]).state))
            },
            Route("GET", "/jobs/{jobid}/plan") { request async throws(ServiceError) in
                try .json(JobPlanResponse(plan: try await service.job(request["jobid"]).plan))
            },
            Route("GET", "/jobs/{jobid}/checkpoints") { request async throws(ServiceError) in
                try .json(try await service.checkpoints(request["jobid"]))
            },
            Route("GET", "/jobs/{jobid}/exceptions") { request async throws(ServiceError) in
                let limit = try request.integer("maxExceptions", in: 1...1000)
                return try .json(
                    try await service.exceptions(
                        request["jobid"],
                        limit: limit ?? ManagementLimits.exceptionsDefault
                    )
                )
            },
        ] + vertexRoutes(service)
    }

    private static func vertexRoutes(_ service: any JobManagerService) -> [Route] {
        let vertex = "/jobs/{jobid}/vertices/{vertexid}"
        return [
            Route("GET", vertex) { request async throws(ServiceError) in
                try .json(try await service.vertex(request["jobid"], request["vertexid"]))
            },
            Route("GET", "\(vertex)/subtasks") { request async throws(ServiceError) in
                try .json(try await service.vertex(request["jobid"], request["vertexid"]))
            },
            Route("GET", "\(vertex)/subtasks/{subtaskindex}") {
                request async throws(ServiceError) in
                let details = try await service.vertex(request["jobid"], request["vertexid"])
                let text = request["subtaskindex"]
                guard let subtask = details.subtasks.first(where: { String($0.subtask) == text })
                else {
                    throw .notFound(
                        """
                        The vertex '\(details.name)' has subtasks from 0 to \
                        \(details.parallelism - 1), not '\(text)'.
                        """
                    )
                }
                return try .json(subtask)
            },
            Route("GET", "\(vertex)/backpressure") { request async throws(ServiceError) in
                try .json(try await service.backPressure(request["jobid"], request["vertexid"]))
            },
            Route("GET", "\(vertex)/watermarks") { request async throws(ServiceError) in
                try .json(try await service.watermarks(request["jobid"], request["vertexid"]))
            },
        ]
    }
}
