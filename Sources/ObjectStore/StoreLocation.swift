import Core

/// Where an object store is, as a user writes it.
///
/// `s3://bucket/prefix`, `file:///path` or an absolute path.
package enum StoreLocation: Sendable, Hashable, CustomStringConvertible {
    case directory(path: String)
    /// The prefix is empty or ends with `/`.
    case s3(bucket: String, prefix: String)

    package init(_ text: String) throws(ObjectStoreError) {
        if text.utf8.first == UInt8(ascii: "/") {
            self = .directory(path: text)
            return
        }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw Self.refusal(text, "it is neither an absolute path nor has it a scheme")
        }
        let scheme = text[..<colon].lowercased()
        let rest = String(text[colon...].dropFirst(3))
        switch scheme {
        case "file":
            guard let slash = rest.firstIndex(of: "/") else {
                throw Self.refusal(text, "it has no path")
            }
            guard rest[..<slash].isEmpty || rest[..<slash] == "localhost" else {
                throw Self.refusal(
                    text,
                    "'\(rest[..<slash])' stands where a host would be: write file:/// with "
                        + "three slashes"
                )
            }
            self = .directory(path: String(rest[slash...]))
        case "s3", "s3a":
            self = try Self.s3(text, rest)
        default:
            throw Self.refusal(
                text,
                "'\(scheme)' is no known scheme."
                    + NearestName.hint(scheme, in: ["s3", "file"]),
                separator: ""
            )
        }
    }

    private static func s3(
        _ text: String,
        _ rest: String
    ) throws(ObjectStoreError) -> StoreLocation {
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        let bucket = String(parts.first ?? "")
        let isName = bucket.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard (3...255).contains(bucket.utf8.count), isName else {
            throw refusal(text, "'\(bucket)' is no name of a bucket")
        }
        let folders = parts.dropFirst()
        let named = folders.last == "" ? folders.dropLast() : folders
        guard named.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw refusal(text, "a part of its path is empty, '.' or '..'")
        }
        let prefix = named.map { "\($0)/" }.joined()
        return .s3(bucket: bucket, prefix: prefix)
    }

    private static func refusal(
        _ text: String,
        _ why: String,
        separator: String = "."
    ) -> ObjectStoreError {
        ObjectStoreError(
            .failed,
            "'\(text)' is no place for objects: \(why)\(separator) Places are "
                + "s3://bucket/prefix, file:///path and absolute paths"
        )
    }

    package var description: String {
        switch self {
        case .directory(let path): path
        case .s3(let bucket, let prefix):
            prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix.dropLast())"
        }
    }
}
