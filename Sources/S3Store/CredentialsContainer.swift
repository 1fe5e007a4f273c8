import NIOHTTP1
import ObjectStore

/// What a container is given by its host: ECS tasks and EKS Pod Identity.
struct CredentialsContainer: CredentialProvider {
    let environment: [String: String]
    let request: CredentialsRequest

    var source: String { "the container's AWS_CONTAINER_CREDENTIALS_FULL_URI" }

    func load() throws(ObjectStoreError) -> Credentials? {
        let url: String
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
            !relative.isEmpty
        {
            url = "http://169.254.170.2" + relative
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !full.isEmpty {
            guard Self.isAllowed(full) else {
                throw ObjectStoreError(
                    .failed,
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is '\(full)', to which no secrets are "
                        + "sent: it must be https, or http on this machine or at the addresses "
                        + "of ECS and EKS"
                )
            }
            url = full
        } else {
            return nil
        }
        var headers: [HeaderField] = []
        if let token = try authorization() {
            headers.append(HeaderField("Authorization", token))
        }
        let answer: HTTPAnswer
        do {
            answer = try request.send(CredentialsRequest.call(.GET, url, headers: headers))
        } catch {
            throw ObjectStoreError(
                .failed,
                isRetryable: true,
                "\(url) gave no credentials: \(error.detail)"
            )
        }
        return try CredentialsDocument.credentials(answer, source: "the container at \(url)")
    }

    /// The token, whose file the host replaces from time to time.
    private func authorization() throws(ObjectStoreError) -> String? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], !path.isEmpty {
            do throws(SystemFault) {
                let text = String(decoding: try LocalFiles.read(path), as: UTF8.self)
                return text.filter { !$0.isNewline }
            } catch {
                throw ObjectStoreError(
                    .failed,
                    isRetryable: true,
                    "the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: "
                        + error.description
                )
            }
        }
        let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? ""
        return token.isEmpty ? nil : token
    }

    /// Whether an address may be sent the token, as the AWS SDKs decide it.
    static func isAllowed(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
        if authority.contains("@") { return false }
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return false }
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        if ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
            .contains(String(host))
        {
            return true
        }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127"
            && numbers.allSatisfy { UInt8($0) != nil }
    }
}
