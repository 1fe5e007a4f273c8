import Logging
import ManagementAPI

/// From a request to its answer, whatever happens on the way.
struct RequestHandler: Sendable {
    let table: RouteTable
    let access: RequestGuard
    /// Whether this program leads; nil where that means nothing.
    let leadership: (@Sendable () async -> Leadership)?
    let timeoutMilliseconds: Int64
    let logger: Logger

    /// Answers a request; `readBody` is called at most once, and only where a route wants it.
    func respond(
        to head: RequestHead,
        readBody: @escaping @Sendable () async throws(ServiceError) -> [UInt8]
    ) async -> RESTResponse {
        var response: RESTResponse
        do throws(ServiceError) {
            response = try await answer(head, readBody)
        } catch {
            response = .error(error)
        }
        note(head, response.status)
        if head.method == "HEAD" { response.body = [] }
        return response
    }

    private func answer(
        _ head: RequestHead,
        _ readBody: @escaping @Sendable () async throws(ServiceError) -> [UInt8]
    ) async throws(ServiceError) -> RESTResponse {
        let match = table.match(head.method, head.path)
        let required: Route.Access =
            if case .found(let route, _) = match { route.access } else { .token }
        if let refusal = access.refusal(head, required) { throw refusal }
        let route: Route
        let parameters: [String: String]
        switch match {
        case .found(let found, let values): (route, parameters) = (found, values)
        case .unknown: throw .notFound("Not found: \(head.path)")
        case .otherMethods(let methods):
            var response = RESTResponse.error(
                ServiceError(
                    405,
                    "\(head.path) takes \(methods.joined(separator: ", ")), not \(head.method)."
                )
            )
            response.fields.append(("allow", methods.joined(separator: ", ")))
            return response
        }
        if route.needsLeader, let redirect = try await redirect(head) { return redirect }
        let body =
            ["POST", "PUT", "PATCH"].contains(head.method)
            ? try await within(readBody) : []
        let request = RESTRequest(
            head: head,
            parameters: parameters,
            query: head.query,
            body: body
        )
        return try await race { () async throws(ServiceError) in try await route.handler(request) }
    }

    /// Sends the caller to the leader, where another one leads.
    private func redirect(_ head: RequestHead) async throws(ServiceError) -> RESTResponse? {
        guard case .standby(let leader) = await leadership?() else { return nil }
        guard let leader else {
            throw .unavailable(
                """
                No job manager leads at present: this one stands by and none holds the lease. \
                Try again in a moment.
                """
            )
        }
        var response = RESTResponse.error(
            ServiceError(307, "This job manager stands by; the one that leads is \(leader).")
        )
        response.fields.append(("location", leader + head.target))
        return response
    }

    private var timedOut: ServiceError {
        .unavailable("The request was not answered within \(timeoutMilliseconds) ms. Try again.")
    }

    /// Reads the body, which ends when it is cancelled.
    private func within(
        _ readBody: @escaping @Sendable () async throws(ServiceError) -> [UInt8]
    ) async throws(ServiceError) -> [UInt8] {
        let timeout = timeoutMilliseconds
        let result = await withTaskGroup(of: Result<[UInt8], ServiceError>?.self) { group in
            group.addTask {
                do throws(ServiceError) {
                    return .success(try await readBody())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: .milliseconds(timeout))
                    return .failure(
                        ServiceError(408, "The body did not arrive within \(timeout) ms.")
                    )
                } catch {
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        return try (result ?? .failure(timedOut)).get()
    }

    /// Runs a handler, and stops waiting for it after a while even if it cannot be cancelled.
    private func race(
        _ handler: @escaping @Sendable () async throws(ServiceError) -> RESTResponse
    ) async throws(ServiceError) -> RESTResponse {
        let finish = FirstResult<Result<RESTResponse, ServiceError>>()

        let work = Task {
            do throws(ServiceError) {
                finish.give(.success(try await handler()))
            } catch {
                finish.give(.failure(error))
            }
        }
        let timeout = timeoutMilliseconds
        let late = timedOut
        let clock = Task {
            do {
                try await Task.sleep(for: .milliseconds(timeout))
                finish.give(.failure(late))
            } catch {
                return
            }
        }
        let result = await finish.value()
        work.cancel()
        clock.cancel()
        return try result.get()
    }

    private func note(_ head: RequestHead, _ status: Int) {
        let changes = head.method != "GET" && head.method != "HEAD"
        logger.log(
            level: status >= 500 ? .error : changes ? .info : .trace,
            "REST request",
            metadata: [
                "method": "\(head.method)", "path": "\(head.path)", "status": "\(status)",
            ]
        )
    }
}
