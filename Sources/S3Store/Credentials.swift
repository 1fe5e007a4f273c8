package import ObjectStore

/// What a request is signed with.
package struct Credentials: Sendable, Equatable {
    package let accessKey: String
    package let secretKey: Secret
    /// Of temporary credentials.
    package var sessionToken: Secret?
    /// When they run out, in microseconds since 1970; nil for those that last.
    package var expiresMicroseconds: Int64?
    /// Where they came from, for messages.
    package let source: String

    package init(
        accessKey: String,
        secretKey: Secret,
        sessionToken: Secret? = nil,
        expiresMicroseconds: Int64? = nil,
        source: String
    ) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expiresMicroseconds = expiresMicroseconds
        self.source = source
    }
}

/// A place where credentials may be.
package protocol CredentialProvider: Sendable {
    /// The place, for messages: `the environment variables AWS_ACCESS_KEY_ID …`.
    var source: String { get }

    /// Fetches credentials; blocks.
    ///
    /// - Returns: nil when this place is not set up at all.
    /// - Throws: when it is set up, but gives none.
    func load() throws(ObjectStoreError) -> Credentials?
}
