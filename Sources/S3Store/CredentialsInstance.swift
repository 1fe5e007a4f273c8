import NIOHTTP1
import ObjectStore

/// The role of an EC2 instance, from its metadata service, version 2 (with a token).
struct CredentialsInstance: CredentialProvider {
    let environment: [String: String]
    let request: CredentialsRequest

    var source: String { "the instance metadata at \(endpoint)" }

    private var endpoint: String {
        if let url = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"], !url.isEmpty {
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        let mode = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased()
        return mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    func load() throws(ObjectStoreError) -> Credentials? {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        let token = try text(
            send(
                .PUT,
                "/latest/api/token",
                HeaderField("X-aws-ec2-metadata-token-ttl-seconds", "21600")
            ),
            "a token"
        )
        let proof = HeaderField("X-aws-ec2-metadata-token", token)
        let folder = "/latest/meta-data/iam/security-credentials/"
        let roles = try send(.GET, folder, proof)
        guard roles.status != 404 else {
            throw ObjectStoreError(.failed, "the instance has no role, says \(endpoint)")
        }
        let names = try text(roles, "the name of a role")
        let role = names.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let answer = try send(.GET, folder + role, proof)
        return try CredentialsDocument.credentials(
            answer,
            source: "the instance's role '\(role)'"
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ header: HeaderField
    ) throws(ObjectStoreError) -> HTTPAnswer {
        do {
            return try request.send(
                CredentialsRequest.call(
                    method,
                    endpoint + path,
                    headers: [header],
                    timeoutMicroseconds: S3Limits.instanceRequestMicroseconds
                )
            )
        } catch {
            throw ObjectStoreError(
                .failed,
                isRetryable: true,
                "\(source) gave no credentials: \(error.detail)"
            )
        }
    }

    private func text(
        _ answer: HTTPAnswer,
        _ what: String
    ) throws(ObjectStoreError) -> String {
        guard answer.status == 200, !answer.body.isEmpty else {
            throw ObjectStoreError(
                .failed,
                isRetryable: answer.status >= 500,
                "\(source) answered \(answer.status) instead of \(what)"
            )
        }
        return String(decoding: answer.body, as: UTF8.self)
    }
}
