import ManagementAPI

/// Decides whether a request may be answered at all.
struct RequestGuard: Sendable {
    let token: String?
    let isLoopback: Bool

    /// Why the request is refused; nil where it is not.
    func refusal(_ head: RequestHead, _ access: Route.Access) -> ServiceError? {
        if let token {
            return access == .open || Self.carries(token, head) ? nil : Self.unauthorized(head)
        }
        return isLoopback ? Self.browserRefusal(head) : nil
    }

    private static func unauthorized(_ head: RequestHead) -> ServiceError {
        let what =
            head.fields["authorization"] == nil
            ? "The request carries no token" : "The token of the request is wrong"
        return ServiceError(
            401,
            """
            \(what): send 'Authorization: Bearer …' with the token of 'rest.token' (jobctl takes \
            it from --token-file or APUS_TOKEN).
            """
        )
    }

    /// Whether the token is there; takes as long for a nearly right one as for any other.
    private static func carries(_ token: String, _ head: RequestHead) -> Bool {
        guard let field = head.fields["authorization"] else { return false }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { return false }
        let shown = Array(field.dropFirst(scheme.count).drop { $0 == " " }.utf8)
        let expected = Array(token.utf8)
        var difference = shown.count ^ expected.count
        for index in shown.indices {
            difference |= Int(shown[index] ^ expected[index % expected.count])
        }
        return difference == 0
    }

    /// Without a token, pages that a browser on this machine shows must not get through: neither
    /// those that send to this address, nor those whose own name was made to mean it.
    private static func browserRefusal(_ head: RequestHead) -> ServiceError? {
        let host = head.fields["host"] ?? ""
        if !host.isEmpty, !RESTServerOptions.isLoopback(name(ofAuthority: host)) {
            return ServiceError(
                403,
                """
                Without a token only requests for a loopback address are answered, not for \
                '\(host)'. Use http://127.0.0.1, or configure 'rest.token'.
                """
            )
        }
        if let origin = head.fields["origin"], head.method != "GET", head.method != "HEAD",
            !origin.hasSuffix("://\(host)")
        {
            return ServiceError(
                403,
                """
                The request comes from a page of '\(origin)'. Without a token only pages of this \
                server may change anything; configure 'rest.token'.
                """
            )
        }
        return nil
    }

    /// The host of `host:port`, with or without the brackets of IPv6.
    private static func name(ofAuthority authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" })
    }
}
