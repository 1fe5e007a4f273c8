import FoundationEssentials
import ManagementAPI

/// The cluster, its task managers and its logs.
enum ClusterRoutes {
    static func routes(_ service: any JobManagerService) -> [Route] {
        [
            Route("GET", "/overview") { _ async throws(ServiceError) in
                try .json(try await service.overview())
            },
            Route("GET", "/config") { _ async throws(ServiceError) in
                try .json(try await service.configuration())
            },
            Route("GET", "/taskmanagers") { _ async throws(ServiceError) in
                try .json(TaskManagerList(taskManagers: try await service.taskManagers()))
            },
            Route("GET", "/taskmanagers/{taskmanagerid}") { request async throws(ServiceError) in
                try .json(try await service.taskManager(request["taskmanagerid"]))
            },
            Route("GET", "/taskmanagers/{taskmanagerid}/log") {
                request async throws(ServiceError) in
                try await log(.taskManager(request["taskmanagerid"]), service, request)
            },
            Route("GET", "/jobmanager/log") { request async throws(ServiceError) in
                try await log(.jobManager, service, request)
            },
        ]
    }

    /// A log as text, or as one JSON object a line with `format=json`.
    private static func log(
        _ source: LogSource,
        _ service: any JobManagerService,
        _ request: RESTRequest
    ) async throws(ServiceError) -> RESTResponse {
        let limit = try request.integer("lines", in: 1...ManagementLimits.logLinesMax)
        let after = try request.integer("after", in: 0...Int.max) ?? 0
        let lines = try await service.log(
            of: source,
            after: UInt64(after),
            limit: limit ?? ManagementLimits.logLinesDefault
        )
        switch request.query["format"] {
        case nil, "text": return .text(lines.map { LogText.line($0) + "\n" }.joined())
        case "json":
            var body: [UInt8] = []
            for line in lines { body += try RESTResponse.json(line).body + [UInt8(ascii: "\n")] }
            return RESTResponse(status: 200, contentType: "application/x-ndjson", body: body)
        case let format?:
            throw .badRequest("The query parameter 'format' is text or json, not '\(format)'.")
        }
    }
}
