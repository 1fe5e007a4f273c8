import ObjectStore

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary ones, `AWS_SESSION_TOKEN`.
struct CredentialsEnvironment: CredentialProvider {
    let environment: [String: String]

    var source: String { "AWS_ACCESS_KEY_ID" }

    func load() throws(ObjectStoreError) -> Credentials? {
        let accessKey = environment["AWS_ACCESS_KEY_ID"] ?? ""
        let secretKey = environment["AWS_SECRET_ACCESS_KEY"] ?? ""
        if accessKey.isEmpty, secretKey.isEmpty { return nil }
        guard !accessKey.isEmpty, !secretKey.isEmpty else {
            throw ObjectStoreError(
                .failed,
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together"
            )
        }
        let token = environment["AWS_SESSION_TOKEN"] ?? ""
        return Credentials(
            accessKey: accessKey,
            secretKey: Secret(secretKey),
            sessionToken: token.isEmpty ? nil : Secret(token),
            source: source
        )
    }
}
