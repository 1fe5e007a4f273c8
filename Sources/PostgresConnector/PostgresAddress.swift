import Core

/// Where a server is and how to log in there: connection keywords of libpq.
///
/// The password is part of it and of nothing that is printed.
package struct PostgresAddress: Hashable, Sendable {
    /// Keywords and values as `PQconnectdbParams` takes them.
    package private(set) var keywords: [String: String]

    package init(
        host: String,
        port: Int = 5432,
        database: String,
        user: String,
        password: String? = nil
    ) {
        keywords = ["host": host, "port": String(port), "dbname": database, "user": user]
        keywords["password"] = password
    }

    /// Reads `postgres://user:password@host:port/database?sslmode=require`, also with
    /// `postgresql` or `jdbc:postgresql` in front; JDBC's `user`, `password`, `ssl`,
    /// `currentSchema`, `ApplicationName`, `connectTimeout` are understood.
    ///
    /// - Throws: an error that never shows the URL itself, since it may hold a password.
    package init(url: String) throws(PostgresError) {
        var rest = Substring(url)
        if rest.hasPrefix("jdbc:") { rest = rest.dropFirst(5) }
        guard let scheme = rest.firstRange(of: ":"),
            ["postgres", "postgresql"].contains(rest[..<scheme.lowerBound])
        else {
            throw PostgresAddress.invalid("it does not start with 'jdbc:postgresql:'")
        }
        rest = rest[scheme.upperBound...]
        keywords = [:]
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] }
        rest = rest.prefix { $0 != "?" }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let authority = rest.prefix { $0 != "/" }
            rest = rest.dropFirst(authority.count).drop { $0 == "/" }
            try readAuthority(authority)
        }
        if !rest.isEmpty { keywords["dbname"] = try PostgresAddress.decoded(rest) }
        for pair in (query ?? "").split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                throw PostgresAddress.invalid("a parameter has no '=' and value")
            }
            try apply(String(halves[0]), PostgresAddress.decoded(halves[1]))
        }
    }

    private mutating func readAuthority(_ authority: Substring) throws(PostgresError) {
        var hosts = authority
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at].split(separator: ":", maxSplits: 1)
            hosts = authority[authority.index(after: at)...]
            if let user = login.first { keywords["user"] = try PostgresAddress.decoded(user) }
            if login.count > 1 { keywords["password"] = try PostgresAddress.decoded(login[1]) }
        }
        var names: [String] = []
        var ports: [String] = []
        for host in hosts.split(separator: ",") {
            let isBracketed = host.hasPrefix("[")
            let name =
                isBracketed ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
            let behind = host.dropFirst(name.count + (isBracketed ? 2 : 0))
            let port = behind.hasPrefix(":") ? behind.dropFirst() : "5432"
            guard Int(port).map({ (1...65_535).contains($0) }) == true else {
                // What stands there may be a piece of a password.
                throw PostgresAddress.invalid(
                    "the port is not a number from 1 to 65535; in a user or password '/' is "
                        + "written %2F, '@' %40 and ':' %3A"
                )
            }
            names.append(try PostgresAddress.decoded(name))
            ports.append(String(port))
        }
        if names.isEmpty { names = ["localhost"] }
        if ports.isEmpty { ports = ["5432"] }
        keywords["host"] = names.joined(separator: ",")
        keywords["port"] = ports.joined(separator: ",")
    }

    /// Takes one parameter of a URL: JDBC names become libpq's, others pass through.
    private mutating func apply(_ key: String, _ value: String) throws(PostgresError) {
        switch key {
        case "ssl": keywords["sslmode"] = value == "false" ? "prefer" : "require"
        case "ApplicationName": keywords["application_name"] = value
        case "currentSchema": keywords["options"] = "-csearch_path=\(value)"
        case "connectTimeout", "loginTimeout": keywords["connect_timeout"] = value
        case "tcpKeepAlive": keywords["keepalives"] = value == "false" ? "0" : "1"
        case "reWriteBatchedInserts", "prepareThreshold", "socketTimeout", "stringtype",
            "binaryTransfer", "preferQueryMode", "defaultRowFetchSize":
            break
        case let known where PostgresAddress.passedThrough.contains(known): keywords[known] = value
        default:
            throw PostgresAddress.invalid(
                "unknown parameter '\(key)'.\(NearestName.hint(key, in: Self.passedThrough))"
            )
        }
    }

    static let passedThrough: Set<String> = [
        "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "sslmode",
        "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslsni",
        "ssl_min_protocol_version", "ssl_max_protocol_version", "channel_binding", "gssencmode",
        "krbsrvname", "connect_timeout", "application_name", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", "target_session_attrs",
        "options", "service", "requirepeer",
    ]

    private static func invalid(_ reason: String) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            The URL of the PostgreSQL server cannot be read: \(reason). Expected \
            'jdbc:postgresql://host:port/database?key=value' or \
            'postgres://user@host:port/database?key=value'.
            """
        )
    }

    private static func decoded(_ text: Substring) throws(PostgresError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let code = UInt8(digits, radix: 16) else {
                throw invalid("a '%' is not followed by two hexadecimal digits")
            }
            rest = rest.dropFirst(2)
            bytes.append(code)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same address with another value of a keyword; nil keeps it as it is.
    package func with(_ keyword: String, _ value: String?) -> PostgresAddress {
        guard let value else { return self }
        var copy = self
        copy.keywords[keyword] = value
        return copy
    }

    package var host: String { keywords["host"] ?? "localhost" }
    package var port: String { keywords["port"] ?? "5432" }
    package var database: String { keywords["dbname"] ?? keywords["user"] ?? "postgres" }
    package var user: String { keywords["user"] ?? "postgres" }
}

extension PostgresAddress: CustomStringConvertible, CustomDebugStringConvertible {
    /// `host:port/database`, without user and password.
    package var description: String { "\(host):\(port)/\(database)" }

    package var debugDescription: String { description }
}
