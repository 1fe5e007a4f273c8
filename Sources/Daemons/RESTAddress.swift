/// Where standbys send the callers of the leader.
enum RESTAddress {
    /// The address to tell others.
    ///
    /// - Parameters:
    ///   - setting: `rest.address`, a host or an URL.
    ///   - bound: what the server listens at, as in `https://0.0.0.0:8081`.
    ///   - fallback: the host when the server listens at all addresses of the machine.
    /// - Returns: an URL without a slash at its end.
    static func advertised(
        _ setting: String?,
        bound: String,
        otherwise fallback: String
    ) -> String {
        guard let scheme = bound.firstRange(of: "://"), let colon = bound.lastIndex(of: ":") else {
            return bound
        }
        let host = bound[scheme.upperBound..<colon]
        guard let setting else {
            guard ["0.0.0.0", "[::]"].contains(host) else { return bound }
            return "\(bound[..<scheme.upperBound])\(bracketed(fallback))\(bound[colon...])"
        }
        guard !setting.contains("://") else {
            return setting.hasSuffix("/") ? String(setting.dropLast()) : setting
        }
        let hasPort =
            !setting.hasSuffix("]") && setting.filter { $0 == ":" }.count == 1
            || setting.contains("]:")
        let port = hasPort ? "" : bound[colon...]
        return "\(bound[..<scheme.upperBound])\(bracketed(setting))\(port)"
    }

    private static func bracketed(_ host: String) -> String {
        let colons = host.count { $0 == ":" }
        return colons > 1 && !host.hasPrefix("[") ? "[\(host)]" : host
    }
}
