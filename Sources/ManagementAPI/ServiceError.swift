package import Core

/// Why a request of the management interface was refused or failed.
package struct ServiceError: Failure, Hashable {
    /// The HTTP status: 400, 401, 404, 405, 408, 409, 413, 415, 500, 502 or 503.
    package let status: Int
    /// What happened, where, and what to do: a sentence or more for people.
    package let message: String

    package init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    package var blame: Blame {
        switch status {
        case 500: .engine
        case 501...: .external
        default: .user
        }
    }

    package var isRetryable: Bool { status >= 502 }

    /// The request cannot be used: a script that does not parse, a parallelism of 0.
    package static func badRequest(_ message: String) -> ServiceError { ServiceError(400, message) }

    /// There is no such job, vertex, task manager or trigger.
    package static func notFound(_ message: String) -> ServiceError { ServiceError(404, message) }

    /// The job's status, or the savepoint that it is to start from, does not allow it.
    package static func conflict(_ message: String) -> ServiceError { ServiceError(409, message) }

    /// A promise of ours is broken.
    package static func broken(_ message: String) -> ServiceError { ServiceError(500, message) }

    /// It may succeed soon: a task manager does not answer, slots are missing.
    package static func unavailable(_ message: String) -> ServiceError {
        ServiceError(503, message)
    }

    /// Flink's words for a job that is not known.
    package static func noJob(_ id: String) -> ServiceError {
        .notFound("Job \(id) not found")
    }
}

/// Flink's form of an error: `{"errors":["…"]}`.
package struct ErrorResponse: Codable, Hashable, Sendable {
    package var errors: [String]

    package init(errors: [String]) {
        self.errors = errors
    }
}

/// An answer without content: `{}`.
package struct EmptyResponse: Codable, Hashable, Sendable {
    package init() {}
}
