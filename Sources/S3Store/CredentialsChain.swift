import ObjectStore

/// Looks for credentials in the order of the AWS tools.
///
/// The first place that is set up decides: when it fails, the others are not asked, so that a
/// broken role is never replaced by another one without a word.
struct CredentialsChain: CredentialProvider {
    let providers: [any CredentialProvider]

    /// The chain for a configuration.
    static func standard(
        _ options: S3Options,
        region: String,
        request: CredentialsRequest
    ) -> any CredentialProvider {
        if let accessKey = options.accessKey, let secretKey = options.secretKey {
            return CredentialsStatic(accessKey: accessKey, secretKey: secretKey)
        }
        let environment = options.environment
        return CredentialsChain(providers: [
            CredentialsEnvironment(environment: environment),
            CredentialsWebIdentity(environment: environment, region: region, request: request),
            CredentialsProfile(environment: environment),
            CredentialsContainer(environment: environment, request: request),
            CredentialsInstance(environment: environment, request: request),
        ])
    }

    var source: String { "looked at " + providers.map(\.source).joined(separator: ", ") }

    func load() throws(ObjectStoreError) -> Credentials? {
        for (number, provider) in providers.enumerated() {
            do throws(ObjectStoreError) {
                if let found = try provider.load() { return found }
            } catch {
                // The last place is asked without being named by anybody.
                guard number > 0, number == providers.count - 1 else { throw error }
                throw ObjectStoreError(
                    .failed,
                    isRetryable: error.isRetryable,
                    "there are no credentials: set 's3.access-key' and 's3.secret-key'; \(source). "
                        + error.message
                )
            }
        }
        return nil
    }
}
