import ObjectStore

/// The profile of `AWS_PROFILE` in the files of the AWS tools; read again for each refresh.
struct CredentialsProfile: CredentialProvider {
    let environment: [String: String]

    var source: String {
        let path = ProfileFile.credentialsPath(environment) ?? "~/.aws/credentials"
        return "the profile '\(ProfileFile.chosen(environment))' of \(path)"
    }

    func load() throws(ObjectStoreError) -> Credentials? {
        let name = ProfileFile.chosen(environment)
        let paths = [
            ProfileFile.credentialsPath(environment), ProfileFile.configPath(environment),
        ]
        var isNamed = false
        for case let path? in paths {
            guard let file = try read(path), let profile = file.profiles[name] else { continue }
            isNamed = true
            if let found = try credentials(profile, name, path) { return found }
        }
        let isChosen = !(environment["AWS_PROFILE"] ?? "").isEmpty
        guard isChosen || isNamed && hasUnknownMeans(paths, name) else { return nil }
        throw ObjectStoreError(
            .failed,
            "the profile '\(name)' has no aws_access_key_id in "
                + paths.compactMap { $0 }.joined(separator: " or ")
                + "; profiles with source_profile, sso or credential_process are not supported"
        )
    }

    private func read(_ path: String) throws(ObjectStoreError) -> ProfileFile? {
        do throws(SystemFault) {
            return ProfileFile(String(decoding: try LocalFiles.read(path), as: UTF8.self))
        } catch {
            if error.isMissingFile { return nil }
            throw ObjectStoreError(error)
        }
    }

    private func credentials(
        _ profile: [String: String],
        _ name: String,
        _ path: String
    ) throws(ObjectStoreError) -> Credentials? {
        let accessKey = profile["aws_access_key_id"] ?? ""
        let secretKey = profile["aws_secret_access_key"] ?? ""
        if accessKey.isEmpty, secretKey.isEmpty { return nil }
        guard !accessKey.isEmpty, !secretKey.isEmpty else {
            throw ObjectStoreError(
                .failed,
                "the profile '\(name)' of \(path) must have both aws_access_key_id and "
                    + "aws_secret_access_key"
            )
        }
        let token = profile["aws_session_token"] ?? ""
        return Credentials(
            accessKey: accessKey,
            secretKey: Secret(secretKey),
            sessionToken: token.isEmpty ? nil : Secret(token),
            source: "the profile '\(name)' of \(path)"
        )
    }

    /// Whether a profile names other means, which the user expects to be used.
    private func hasUnknownMeans(_ paths: [String?], _ name: String) -> Bool {
        paths.contains { path in
            guard let path, let bytes = try? LocalFiles.read(path) else { return false }
            let profile = ProfileFile(String(decoding: bytes, as: UTF8.self)).profiles[name] ?? [:]
            return ["role_arn", "sso_session", "sso_start_url", "credential_process"]
                .contains { profile[$0] != nil }
        }
    }
}
