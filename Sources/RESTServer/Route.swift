import ManagementAPI

/// One method of one path, and what answers it.
struct Route: Sendable {
    /// Who may ask.
    enum Access: Sendable {
        /// Everybody: programs that watch this one have no token.
        case open
        /// Who shows the token, where there is one.
        case token
    }

    typealias Handler = @Sendable (RESTRequest) async throws(ServiceError) -> RESTResponse

    let method: String
    /// As in the OpenAPI document: `/jobs/{jobid}/plan`.
    let pattern: String
    let access: Access
    /// Whether only the leader can answer.
    let needsLeader: Bool
    let handler: Handler

    private let segments: [Substring]

    init(
        _ method: String,
        _ pattern: String,
        access: Access = .token,
        needsLeader: Bool = true,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.needsLeader = needsLeader
        self.handler = handler
        segments = pattern.split(separator: "/")
    }

    /// How many parts of the pattern are words; of two patterns that match the one with more wins.
    var words: Int { segments.count { !$0.hasPrefix("{") } }

    /// The values of the `{…}` parts, or nil where the path is another one.
    func match(_ path: [Substring]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.hasPrefix("{") {
                parameters[String(segment.dropFirst().dropLast())] = PercentText.decode(part)
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }
}

/// All routes of a server.
struct RouteTable: Sendable {
    let routes: [Route]

    /// What a request is for.
    enum Match {
        case found(Route, [String: String])
        case otherMethods([String])
        case unknown
    }

    /// Finds the route of a request; a HEAD is answered by the route of GET.
    func match(_ method: String, _ path: String) -> Match {
        let parts = path.split(separator: "/")
        let matching = routes.compactMap { route in route.match(parts).map { (route, $0) } }
        guard let words = matching.map(\.0.words).max() else { return .unknown }
        let best = matching.filter { $0.0.words == words }
        let wanted = method == "HEAD" ? "GET" : method
        if let (route, parameters) = best.first(where: { $0.0.method == wanted }) {
            return .found(route, parameters)
        }
        return .otherMethods(best.map(\.0.method).sorted())
    }
}
