import Core
import Logging
import NIOHTTP1
import ObjectStore
import Synchronization

/// Signs requests to one bucket, sends them, and tries again what may work later.
final class S3Client: Sendable {
    let address: S3Address
    let options: S3Options
    private let transport: HTTPTransport
    private let credentials: CredentialsCache
    private let time: any TimeSource
    private let log: Logger
    private let pause: @Sendable (Int64, Cancellation) -> Void
    let findings: S3Findings
    /// Ends the attempt under way, the pause, and what would follow.
    private let cancellation: Cancellation

    init(
        address: S3Address,
        options: S3Options,
        transport: HTTPTransport,
        credentials: CredentialsCache,
        time: any TimeSource,
        log: Logger,
        pause: @escaping @Sendable (Int64, Cancellation) -> Void
    ) {
        self.address = address
        self.options = options
        self.transport = transport
        self.credentials = credentials
        self.time = time
        self.log = log
        self.pause = pause
        findings = S3Findings()
        cancellation = Cancellation()
    }

    private init(_ other: S3Client, _ options: S3Options, _ cancellation: Cancellation) {
        address = other.address
        self.options = options
        transport = other.transport
        credentials = other.credentials
        time = other.time
        log = other.log
        pause = other.pause
        findings = other.findings
        self.cancellation = cancellation
    }

    /// The same, whose requests end once something is cancelled.
    func cancelled(by cancellation: Cancellation) -> S3Client {
        S3Client(self, options, cancellation)
    }

    /// The same for tidying up after a failure: when the requests were cancelled, one short
    /// attempt is left.
    var forTidying: S3Client {
        guard cancellation.isCancelled else { return self }
        var options = options
        options.attemptsMax = 1
        options.requestMicroseconds = min(
            options.requestMicroseconds,
            S3Limits.lastRequestMicroseconds
        )
        return S3Client(self, options, Cancellation())
    }

    /// Sends a request until it works, or will not; the answer is short.
    func perform(_ request: S3Request) throws(S3Failure) -> HTTPAnswer {
        try perform(target: nil) { request }
    }

    /// As `perform`, and gives the checksums of what was sent.
    func performWithDigest(
        _ request: S3Request
    ) throws(S3Failure) -> (HTTPAnswer, PayloadDigest) {
        var digest: PayloadDigest?
        let answer = try perform(target: nil, digest: &digest) { request }
        return (answer, digest ?? PayloadDigest())
    }

    func perform(
        target: (any HTTPBodyTarget)?,
        _ request: () -> S3Request
    ) throws(S3Failure) -> HTTPAnswer {
        var digest: PayloadDigest?
        return try perform(target: target, digest: &digest, request)
    }

    /// Sends a request until it works, or will not.
    ///
    /// - Parameters:
    ///   - target: takes the body of the answer.
    ///   - digest: gets the checksums of the request's body, which are computed once.
    ///   - request: made anew for each attempt, since a download goes on where it was cut.
    /// - Returns: the answer, whose status is below 300.
    /// - Throws: the last failure; `cancelled` as soon as nobody waits any more.
    private func perform(
        target: (any HTTPBodyTarget)?,
        digest: inout PayloadDigest?,
        _ request: () -> S3Request
    ) throws(S3Failure) -> HTTPAnswer {
        var attempts = S3Attempts(
            max: options.attemptsMax,
            pauseMaximumMicroseconds: options.pauseMaximumMicroseconds
        )
        var generator = SystemRandomNumberGenerator()
        var kept = target?.keptBytes ?? 0
        while true {
            try checkCancelled()
            let request = request()
            let outcome: S3Outcome
            var retryAfter: Int64?
            let failed: Result<HTTPAnswer, HTTPFault>
            let holder = try holder()
            do throws(HTTPFault) {
                let sums = try sums(request, &digest)
                let answer = try transport.send(
                    call(request, sums, holder),
                    to: target,
                    unless: cancellation
                )
                let error = Self.error(answer, request)
                guard answer.status >= 300 || error != nil else { return answer }
                outcome = .refusal(status: answer.status, code: error?.code)
                retryAfter = answer.headers.first(name: "retry-after").flatMap { Int64($0) }
                failed = .success(answer)
            } catch {
                outcome = .fault(error.kind)
                failed = .failure(error)
            }
            try checkCancelled()
            if let target, target.keptBytes - kept >= S3Limits.progressBytes {
                kept = target.keptBytes
                attempts.restart()
            }
            let next = attempts.next(
                after: outcome,
                retryAfterSeconds: retryAfter,
                using: &generator
            )
            guard let next, prepare(next.retry, failed, holder) else {
                throw failure(request, failed, holder, attempts)
            }
            log.debug("an attempt failed", metadata: trace(request, outcome, attempts.count))
            if next.pauseMicroseconds > 0 { pause(next.pauseMicroseconds, cancellation) }
        }
    }

    private func checkCancelled() throws(S3Failure) {
        if cancellation.isCancelled { throw S3Failure(.cancelled) }
    }

    private func holder() throws(S3Failure) -> Credentials {
        do throws(ObjectStoreError) {
            return try credentials.current()
        } catch {
            throw S3Failure(error)
        }
    }

    /// The error in an answer, which may hide behind a status of 200.
    private static func error(_ answer: HTTPAnswer, _ request: S3Request) -> S3ErrorAnswer? {
        answer.status >= 300 || request.operation.mayFailLate ? S3ErrorAnswer(answer.body) : nil
    }

    /// Says that something was left behind, which is no reason to fail.
    func warn(_ message: Logger.Message, _ failure: S3Failure) {
        log.warning(message, metadata: ["reason": "\(failure.error)"])
    }

    /// Does what the next attempt needs; false when there is no sense in one.
    private func prepare(
        _ retry: S3Retry,
        _ failed: Result<HTTPAnswer, HTTPFault>,
        _ holder: Credentials
    ) -> Bool {
        switch retry {
        case .giveUp: return false
        case .later, .muchLater: return true
        case .withFreshCredentials: return credentials.expire(holder)
        case .withServerTime:
            guard case .success(let answer) = failed,
                let server = answer.headers.first(name: "date").flatMap(ServerTime.fromHeader)
            else { return false }
            findings.clockAheadMicroseconds.store(
                server - time.nowMicroseconds,
                ordering: .relaxed
            )
            log.warning(
                "the clock differs from the store's, whose time is used now",
                metadata: ["endpoint": "\(address.endpoint)"]
            )
            return true
        }
    }

    private func failure(
        _ request: S3Request,
        _ failed: Result<HTTPAnswer, HTTPFault>,
        _ holder: Credentials,
        _ attempts: S3Attempts
    ) -> S3Failure {
        let text = S3FailureText(
            request: request,
            address: address,
            credentials: holder.source,
            attempts: attempts.count,
            mayHaveWorked: attempts.mayHaveWorked
        )
        switch failed {
        case .success(let answer): return text.failure(answer)
        case .failure(let fault): return text.failure(fault)
        }
    }

    private func trace(
        _ request: S3Request,
        _ outcome: S3Outcome,
        _ attempt: Int
    ) -> Logger.Metadata {
        [
            "operation": "\(request.operation.rawValue)", "bucket": "\(address.bucket)",
            "key": "\(request.key ?? "")", "attempt": "\(attempt)", "outcome": "\(outcome)",
        ]
    }

    /// The headers that a new object is encrypted by.
    var encryptionHeaders: [HeaderField] {
        let name = "x-amz-server-side-encryption"
        switch options.encryption {
        case .none:
            return []
        case .storeKeys:
            return [HeaderField(name, "AES256")]
        case .kms(let keyID):
            let key = keyID.map { [HeaderField("\(name)-aws-kms-key-id", $0)] } ?? []
            return [HeaderField(name, "aws:kms")] + key
        }
    }

    private var isPayloadSigned: Bool { options.signsPayload || !address.isTLS }

    private func sums(
        _ request: S3Request,
        _ known: inout PayloadDigest?
    ) throws(HTTPFault) -> PayloadDigest {
        if let known { return known }
        var wanted: PayloadDigest.Wanted = []
        if request.payload.count > 0, isPayloadSigned { wanted.insert(.sha256) }
        if request.operation.hasChecksums {
            wanted.insert(.md5)
            if options.usesCRC32 { wanted.insert(.crc32) }
        }
        do {
            let digest = try request.payload.digest(wanted)
            known = digest
            return digest
        } catch {
            throw HTTPFault(error)
        }
    }

    /// A request with all its headers, signed.
    private func call(
        _ request: S3Request,
        _ digest: PayloadDigest,
        _ holder: Credentials
    ) -> HTTPCall {
        let path = address.path(key: request.key)
        let now = time.nowMicroseconds + findings.clockAheadMicroseconds.load(ordering: .relaxed)
        let stamp = ServerTime.compact(microseconds: now)
        let hash = isPayloadSigned ? digest.sha256 ?? PayloadDigest.emptySHA256 : "UNSIGNED-PAYLOAD"
        var fields = request.headers
        fields.append(HeaderField("Host", address.hostHeader))
        fields.append(HeaderField("x-amz-date", stamp))
        fields.append(HeaderField("x-amz-content-sha256", hash))
        if let token = holder.sessionToken {
            fields.append(HeaderField("x-amz-security-token", token.text))
        }
        if let md5 = digest.md5 { fields.append(HeaderField("Content-MD5", md5)) }
        if let crc = digest.crc32 {
            fields.append(HeaderField("x-amz-checksum-crc32", CRC32.header(crc)))
        }
        let signature = SignatureV4(
            accessKey: holder.accessKey,
            secretKey: holder.secretKey,
            region: address.region
        )
        let authorization = signature.authorization(
            method: request.operation.method.rawValue,
            path: path,
            query: request.query,
            headers: fields,
            payloadHash: hash,
            time: stamp
        )
        var call = HTTPCall(
            method: request.operation.method,
            url: address.url(path: path, query: request.query),
            timeoutMicroseconds: options.requestMicroseconds
        )
        for field in fields { call.headers.add(name: field.name, value: field.value) }
        call.headers.add(name: "Authorization", value: authorization)
        call.headers.add(name: "User-Agent", value: "apus")
        call.payload = request.payload
        call.answerBytesMax = request.answerBytesMax
        return call
    }
}
