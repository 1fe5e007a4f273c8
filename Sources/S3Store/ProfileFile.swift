import ObjectStore

/// The files of the AWS tools that hold profiles: sections of `name = value` lines.
struct ProfileFile {
    /// The settings of each profile.
    let profiles: [String: [String: String]]

    init(_ text: String) {
        var profiles: [String: [String: String]] = [:]
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            // An indented line belongs to a nested setting, of which none matters here.
            if line.first?.isWhitespace == true { continue }
            let line = Self.trimmed(line)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("[") {
                guard let end = line.firstIndex(of: "]") else { continue }
                var name = Self.trimmed(line[line.index(after: line.startIndex)..<end])
                if name.hasPrefix("profile ") { name = Self.trimmed(name.dropFirst(8)) }
                current = name
                profiles[name, default: [:]].merge([:]) { $1 }
                continue
            }
            guard let current, let equals = line.firstIndex(of: "=") else { continue }
            let key = Self.trimmed(line[..<equals]).lowercased()
            let value = Self.trimmed(line[line.index(after: equals)...])
            profiles[current]?[key] = value
        }
        self.profiles = profiles
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { _ = rest.popLast() }
        return String(rest)
    }

    /// The name of the chosen profile.
    static func chosen(_ environment: [String: String]) -> String {
        let name = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? ""
        return name.isEmpty ? "default" : name
    }

    static func credentialsPath(_ environment: [String: String]) -> String? {
        path(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")
    }

    static func configPath(_ environment: [String: String]) -> String? {
        path(environment, "AWS_CONFIG_FILE", "config")
    }

    private static func path(
        _ environment: [String: String],
        _ variable: String,
        _ name: String
    ) -> String? {
        if let path = environment[variable], !path.isEmpty { return path }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return "\(home)/.aws/\(name)"
    }

    /// The region of the chosen profile, if there is one.
    static func region(_ environment: [String: String]) -> String? {
        for path in [credentialsPath(environment), configPath(environment)] {
            guard let path, let bytes = try? LocalFiles.read(path) else { continue }
            let file = ProfileFile(String(decoding: bytes, as: UTF8.self))
            if let region = file.profiles[chosen(environment)]?["region"] { return region }
        }
        return nil
    }
}
