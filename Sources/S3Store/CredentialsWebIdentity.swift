import NIOHTTP1
import ObjectStore

/// A role that is taken on with a token of another identity provider, as Kubernetes hands out.
///
/// These are IAM roles for service accounts (IRSA). The token's file is read again for each
/// refresh.
struct CredentialsWebIdentity: CredentialProvider {
    let environment: [String: String]
    let region: String
    let request: CredentialsRequest

    var source: String { "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE" }

    private var endpoint: String {
        for name in ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"] {
            if let url = environment[name], !url.isEmpty { return url }
        }
        return "https://sts.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    func load() throws(ObjectStoreError) -> Credentials? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !path.isEmpty else {
            return nil
        }
        guard let role = environment["AWS_ROLE_ARN"], !role.isEmpty else {
            throw ObjectStoreError(
                .failed,
                "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not"
            )
        }
        let answer: HTTPAnswer
        let token = try Self.token(path)
        do {
            answer = try request.send(call(role, token))
        } catch {
            throw ObjectStoreError(
                .failed,
                isRetryable: true,
                "\(endpoint) gave no credentials for '\(role)': \(error.detail)"
            )
        }
        return try credentials(answer, role)
    }

    private static func token(_ path: String) throws(ObjectStoreError) -> String {
        do throws(SystemFault) {
            let text = String(decoding: try LocalFiles.read(path), as: UTF8.self)
            return text.filter { !$0.isWhitespace }
        } catch {
            throw ObjectStoreError(
                .failed,
                isRetryable: true,
                "the token of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read: \(error.description)"
            )
        }
    }

    private func call(_ role: String, _ token: String) -> HTTPCall {
        let session = environment["AWS_ROLE_SESSION_NAME"] ?? ""
        let form = [
            QueryItem("Action", "AssumeRoleWithWebIdentity"),
            QueryItem("Version", "2011-06-15"),
            QueryItem("RoleArn", role),
            QueryItem("RoleSessionName", session.isEmpty ? "apus" : session),
            QueryItem("WebIdentityToken", token),
        ]
        return CredentialsRequest.call(
            .POST,
            endpoint.hasSuffix("/") ? endpoint : endpoint + "/",
            headers: [HeaderField("Content-Type", "application/x-www-form-urlencoded")],
            body: .bytes(Array(SignatureV4.canonicalQuery(form).utf8))
        )
    }

    private func credentials(
        _ answer: HTTPAnswer,
        _ role: String
    ) throws(ObjectStoreError) -> Credentials {
        let root = XMLElement.parse(answer.body)
        guard answer.status == 200,
            let found = root?["AssumeRoleWithWebIdentityResult"]?["Credentials"],
            let accessKey = found.text("AccessKeyId"),
            let secretKey = found.text("SecretAccessKey")
        else {
            let error = root?["Error"]
            let code = error?.text("Code") ?? ""
            throw ObjectStoreError(
                .failed,
                // The file's token is replaced in time; a refused role needs somebody.
                isRetryable: answer.status >= 500 || code == "ExpiredTokenException",
                "\(endpoint) gave no credentials for '\(role)': \(answer.status) \(code) "
                    + (error?.text("Message") ?? "")
            )
        }
        return Credentials(
            accessKey: accessKey,
            secretKey: Secret(secretKey),
            sessionToken: found.text("SessionToken").map { Secret($0) },
            expiresMicroseconds: found.text("Expiration").flatMap(ServerTime.fromISO),
            source: "the role '\(role)' of AWS_WEB_IDENTITY_TOKEN_FILE"
        )
    }
}
