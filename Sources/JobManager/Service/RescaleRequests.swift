import Core

/// The rescalings that were asked for in a term, by the id that was answered; the oldest are
/// forgotten.
struct RescaleRequests {
    /// What was asked for.
    struct Request {
        let job: JobID
        let parallelism: Int
    }

    private var requests: [String: Request] = [:]
    /// The ids, the oldest first.
    private var order: [String] = []

    subscript(id: String) -> Request? { requests[id] }

    mutating func add(_ id: String, _ request: Request) {
        requests[id] = request
        order.append(id)
        if order.count > ManagerLimits.rescaleRequests {
            requests[order.removeFirst()] = nil
        }
    }
}
