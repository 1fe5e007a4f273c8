package import ObjectStore

/// Where a bucket is: the host to connect to, and how requests name the bucket.
package struct S3Address: Sendable, Equatable {
    package let isTLS: Bool
    /// The host to connect to; in virtual-host style the bucket is its first label.
    package let host: String
    package let port: Int?
    package let region: String
    package let bucket: String
    /// What stands before every key: empty, or ending with `/`.
    package let prefix: String
    package let isPathStyle: Bool

    package init(
        bucket: String,
        prefix: String,
        options: S3Options
    ) throws(ObjectStoreError) {
        region = options.region ?? S3Limits.defaultRegion
        let suffix = region.hasPrefix("cn-") ? ".cn" : ""
        let text = options.endpoint ?? "https://s3.\(region).amazonaws.com\(suffix)"
        let endpoint = try Self.parse(text)
        self.bucket = bucket
        self.prefix = prefix
        isTLS = endpoint.isTLS
        port = endpoint.port
        let fitsHost = Self.fitsHost(bucket, isTLS: endpoint.isTLS)
        // A certificate for *.host covers one label, and an IP address has no labels before it.
        isPathStyle =
            options.isPathStyle ?? (!fitsHost || Self.isNameless(endpoint.host))
        host = isPathStyle ? endpoint.host : "\(bucket).\(endpoint.host)"
    }

    /// `s3://bucket/prefix`, for messages.
    package var location: String {
        prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix.dropLast())"
    }

    /// The endpoint without the bucket, for messages.
    package var endpoint: String {
        let plain = isPathStyle ? host : String(host.dropFirst(bucket.utf8.count + 1))
        return "\(isTLS ? "https" : "http")://\(plain)" + (port.map { ":\($0)" } ?? "")
    }

    /// The value of the header `Host`, which is signed.
    package var hostHeader: String { host + (port.map { ":\($0)" } ?? "") }

    /// The encoded path of an object, or of the bucket.
    package func path(key: String?) -> String {
        let object = key.map { "/" + PercentEncoding.path($0) }
        guard isPathStyle else { return object ?? "/" }
        return "/\(PercentEncoding.component(bucket))" + (object ?? "")
    }

    /// The address of a request.
    package func url(path: String, query: [QueryItem]) -> String {
        let text = SignatureV4.canonicalQuery(query)
        return "\(isTLS ? "https" : "http")://\(hostHeader)\(path)"
            + (text.isEmpty ? "" : "?\(text)")
    }

    private static func parse(
        _ text: String
    ) throws(ObjectStoreError) -> (isTLS: Bool, host: String, port: Int?) {
        func refused(_ why: String) -> ObjectStoreError {
            ObjectStoreError(
                .failed,
                "'s3.endpoint' is '\(text)': \(why). Write it as 'https://host' or "
                    + "'http://host:port'"
            )
        }
        var rest = text
        var isTLS = true
        if let end = text.range(ofText: "://") {
            switch text[..<end.lowerBound].lowercased() {
            case "https": isTLS = true
            case "http": isTLS = false
            default: throw refused("its scheme is neither http nor https")
            }
            rest = String(text[end.upperBound...])
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains(where: { "/?#@ ".contains($0) }) else {
            throw refused("it holds more than a host and a port")
        }
        var host = rest
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            host = String(rest[..<colon])
            guard let number = Int(rest[rest.index(after: colon)...]),
                (1...65_535).contains(number)
            else { throw refused("its port is no number from 1 to 65535") }
            port = number == (isTLS ? 443 : 80) ? nil : number
        }
        guard !host.isEmpty else { throw refused("it has no host") }
        return (isTLS, host.lowercased(), port)
    }

    private static func fitsHost(_ bucket: String, isTLS: Bool) -> Bool {
        bucket.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            case UInt8(ascii: "."): !isTLS
            default: false
            }
        }
    }

    /// Whether a host is an IP address, or a name without a domain below which buckets could be.
    private static func isNameless(_ host: String) -> Bool {
        host.hasPrefix("[") || !host.contains(".")
            || host.split(separator: ".").allSatisfy { UInt8($0) != nil }
    }
}

extension String {
    /// Where a text stands first.
    fileprivate func range(ofText text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
