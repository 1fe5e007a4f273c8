import ManagementAPI

/// What starts, changes and ends jobs.
enum JobChangeRoutes {
    static func routes(_ service: any JobManagerService) -> [Route] {
        [
            Route("POST", "/jobs") { request async throws(ServiceError) in
                try .json(try await service.submit(try submission(request)), status: 202)
            },
            Route("PATCH", "/jobs/{jobid}") { request async throws(ServiceError) in
                switch request.query["mode"] {
                case nil, "cancel": try await service.cancel(request["jobid"])
                case let mode?:
                    throw .badRequest(
                        """
                        The query parameter 'mode' is cancel, not '\(mode)'. To stop with a \
                        savepoint, POST to /jobs/\(request["jobid"])/stop.
                        """
                    )
                }
                return try .json(EmptyResponse(), status: 202)
            },
            Route("POST", "/jobs/{jobid}/savepoints") { request async throws(ServiceError) in
                let trigger = try BodyReader.decode(SavepointTrigger.self, request)
                return try .json(
                    try await service.triggerSavepoint(request["jobid"], trigger),
                    status: 202
                )
            },
            Route("GET", "/jobs/{jobid}/savepoints/{triggerid}") {
                request async throws(ServiceError) in
                try .json(
                    try await service.savepointStatus(request["jobid"], request["triggerid"])
                )
            },
            Route("POST", "/jobs/{jobid}/stop") { request async throws(ServiceError) in
                let trigger = try BodyReader.decode(StopTrigger.self, request)
                return try .json(
                    try await service.stop(request["jobid"], trigger),
                    status: 202
                )
            },
        ] + rescaleRoutes(service)
    }

    private static func rescaleRoutes(_ service: any JobManagerService) -> [Route] {
        [
            Route("PATCH", "/jobs/{jobid}/rescaling") { request async throws(ServiceError) in
                guard let parallelism = try request.integer("parallelism", in: 1...Int.max) else {
                    throw .badRequest(
                        "\(request.name) needs the query parameter 'parallelism', such as 4."
                    )
                }
                return try .json(
                    try await service.rescale(request["jobid"], parallelism: parallelism)
                )
            },
            Route("GET", "/jobs/{jobid}/rescaling/{triggerid}") {
                request async throws(ServiceError) in
                try .json(
                    try await service.rescaleStatus(request["jobid"], request["triggerid"])
                )
            },
            Route("GET", "/jobs/{jobid}/resource-requirements") {
                request async throws(ServiceError) in
                let job = try await service.job(request["jobid"])
                let bounds = job.vertices.map { vertex in
                    (vertex.id, requirements(vertex.parallelism))
                }
                return try .json(Dictionary(bounds) { first, _ in first })
            },
            Route("PUT", "/jobs/{jobid}/resource-requirements") {
                request async throws(ServiceError) in
                let job = try await service.job(request["jobid"])
                let parallelism = try commonParallelism(request, of: job)
                if parallelism != job.parallelism {
                    _ = try await service.rescale(job.id, parallelism: parallelism)
                }
                return try .json(EmptyResponse())
            },
        ]
    }

    private static func requirements(_ parallelism: Int) -> ResourceRequirements {
        ResourceRequirements(
            parallelism: ResourceRequirements.Bounds(
                lowerBound: parallelism,
                upperBound: parallelism
            )
        )
    }

    /// The one parallelism that all vertices are given: a job has as many slots as subtasks.
    private static func commonParallelism(
        _ request: RESTRequest,
        of job: JobDetails
    ) throws(ServiceError) -> Int {
        let wanted = try BodyReader.json([String: ResourceRequirements].self, request)
        let known = Set(job.vertices.map(\.id))
        if let unknown = wanted.keys.sorted().first(where: { !known.contains($0) }) {
            throw .badRequest("The job '\(job.name)' has no vertex '\(unknown)'.")
        }
        let bounds = Set(wanted.values.map(\.parallelism.upperBound))
        guard let parallelism = bounds.first, bounds.count == 1, parallelism > 0,
            wanted.count == known.count
        else {
            throw .badRequest(
                """
                All vertices of a job have the same parallelism: give each of the \
                \(known.count) vertices the same 'upperBound', from 1 on, or use \
                PATCH /jobs/\(job.id)/rescaling?parallelism=N.
                """
            )
        }
        return parallelism
    }

    /// The job of a request: a JSON object, or the script itself.
    private static func submission(_ request: RESTRequest) throws(ServiceError) -> JobSubmission {
        let type = (request.head.fields["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        var submission: JobSubmission
        if type == "application/sql" || type == "text/plain" {
            guard let sql = String(validating: request.body, as: UTF8.self) else {
                throw .badRequest("The script is not valid UTF-8.")
            }
            submission = JobSubmission(
                sql: sql,
                name: request.query["name"],
                parallelism: try request.integer("parallelism", in: 1...Int.max),
                fromSavepoint: request.query["savepointPath"],
                allowNonRestoredState: try request.flag("allowNonRestoredState")
            )
        } else {
            submission = try BodyReader.decode(JobSubmission.self, request)
        }
        if submission.sql.allSatisfy(\.isWhitespace) {
            throw .badRequest("The script is empty: there is nothing to run.")
        }
        if let parallelism = submission.parallelism, parallelism < 1 {
            throw .badRequest("The parallelism is a whole number from 1 on, not \(parallelism).")
        }
        return submission
    }
}
