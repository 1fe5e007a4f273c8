import ObjectStore

/// The credentials of the configuration: `s3.access-key` and `s3.secret-key`.
struct CredentialsStatic: CredentialProvider {
    let accessKey: String
    let secretKey: Secret

    var source: String { "'s3.access-key'" }

    func load() throws(ObjectStoreError) -> Credentials? {
        Credentials(accessKey: accessKey, secretKey: secretKey, source: source)
    }
}
