import FoundationEssentials

/// The `path` option: a file, a folder or a pattern, as an absolute path of this machine.
struct FilePath: Hashable, Sendable {
    /// Why a text is no path that can be used.
    struct Invalid: Error {
        let reason: String
    }

    let text: String

    /// - Parameter given: a path, or a URL with the scheme `file`.
    init(_ given: String) throws(Invalid) {
        guard !given.isEmpty else { throw Invalid(reason: "The path is empty.") }
        text = Self.normalized(Self.absolute(try Self.withoutScheme(given)))
    }

    private static func withoutScheme(_ given: String) throws(Invalid) -> String {
        guard let colon = given.firstIndex(of: ":"),
            given[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }),
            given[colon...].hasPrefix(":/")
        else { return given }
        let scheme = given[..<colon]
        guard scheme.lowercased() == "file" else {
            throw Invalid(
                reason: """
                    Could not find a file system implementation for scheme '\(scheme)'. The path \
                    must be one of this machine, such as 'file:///data/in' or '/data/in'.
                    """
            )
        }
        let rest = given[given.index(after: colon)...]
        guard rest.hasPrefix("//") else { return String(rest) }
        let authority = rest.dropFirst(2).prefix { $0 != "/" }
        guard authority.isEmpty || authority == "localhost" else {
            throw Invalid(reason: "The URL names the host '\(authority)'; write 'file:///…'.")
        }
        return String(rest.dropFirst(2 + authority.count))
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    /// Without empty and `.` parts, and without a slash at the end.
    private static func normalized(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// The names between the slashes.
    var parts: [String] { text.split(separator: "/").map(String.init) }

    /// The last name of a path.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Whether Flink ignores a file or folder of this name.
    static func isHidden(_ name: String) -> Bool { name.hasPrefix("_") || name.hasPrefix(".") }
}
