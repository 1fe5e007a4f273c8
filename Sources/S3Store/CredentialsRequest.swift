import Core
import FoundationEssentials
import NIOHTTP1
import ObjectStore

/// Asks a service that hands out credentials; a few attempts, a short time each.
struct CredentialsRequest: Sendable {
    let transport: HTTPTransport
    let pause: @Sendable (Int64, Cancellation) -> Void

    /// Sends a request until there is an answer that is not a passing failure.
    func send(_ call: HTTPCall) throws(HTTPFault) -> HTTPAnswer {
        var attempts = S3Attempts(max: S3Limits.credentialAttempts)
        var generator = SystemRandomNumberGenerator()
        while true {
            let last: Result<HTTPAnswer, HTTPFault>
            let outcome: S3Outcome
            do throws(HTTPFault) {
                let answer = try transport.send(call)
                let code = Self.code(answer)
                let isPassing = answer.status >= 500 || code == "IDPCommunicationError"
                guard isPassing || answer.status == 429 else { return answer }
                outcome = .refusal(status: max(answer.status, 500), code: nil)
                last = .success(answer)
            } catch {
                outcome = .fault(error.kind)
                last = .failure(error)
            }
            guard let next = attempts.next(after: outcome, using: &generator) else {
                return try last.get()
            }
            pause(next.pauseMicroseconds, Cancellation())
        }
    }

    /// The code of an error of STS.
    static func code(_ answer: HTTPAnswer) -> String? {
        answer.status >= 400 ? XMLElement.parse(answer.body)?["Error"]?.text("Code") : nil
    }

    static func call(
        _ method: HTTPMethod,
        _ url: String,
        headers: [HeaderField] = [],
        body: S3Payload = .none,
        timeoutMicroseconds: Int64 = S3Limits.credentialRequestMicroseconds
    ) -> HTTPCall {
        var call = HTTPCall(method: method, url: url, timeoutMicroseconds: timeoutMicroseconds)
        for header in headers { call.headers.add(name: header.name, value: header.value) }
        call.payload = body
        call.answerBytesMax = S3Limits.credentialAnswerBytesMax
        return call
    }
}

/// What containers and instances are answered: the same JSON.
struct CredentialsDocument: Decodable {
    let accessKeyID: String
    let secretAccessKey: String
    let token: String?
    let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// Reads credentials from an answer; what it holds is never part of a message.
    static func credentials(
        _ answer: HTTPAnswer,
        source: String
    ) throws(ObjectStoreError) -> Credentials {
        guard answer.status == 200 else {
            throw ObjectStoreError(
                .failed,
                isRetryable: answer.status >= 500 || answer.status == 429,
                "\(source) answered \(answer.status) instead of credentials"
            )
        }
        guard
            let document = try? JSONDecoder().decode(
                CredentialsDocument.self,
                from: Data(answer.body)
            ), !document.accessKeyID.isEmpty, !document.secretAccessKey.isEmpty
        else {
            throw ObjectStoreError(
                .failed,
                isRetryable: true,
                "\(source) answered what are no credentials"
            )
        }
        return Credentials(
            accessKey: document.accessKeyID,
            secretKey: Secret(document.secretAccessKey),
            sessionToken: document.token.map { Secret($0) },
            expiresMicroseconds: document.expiration.flatMap(ServerTime.fromISO),
            source: source
        )
    }
}
