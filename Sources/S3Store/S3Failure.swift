import NIOHTTP1
import ObjectStore

/// Why a request to S3 failed for good: what callers tell apart, and the sentence for people.
struct S3Failure: Error {
    let error: ObjectStoreError
    /// S3's code, when the store answered.
    var code: String?
    var status: Int?

    init(_ error: ObjectStoreError) {
        self.error = error
    }
}

/// Writes the sentences of failures: what, where, why, and what to do.
struct S3FailureText {
    let request: S3Request
    let address: S3Address
    /// Where the credentials came from.
    let credentials: String
    let attempts: Int
    /// Whether an earlier attempt may have done the work.
    let mayHaveWorked: Bool

    private var subject: String {
        let text = request.subject ?? request.key ?? ""
        return text.isEmpty ? "s3://\(address.bucket)" : "s3://\(address.bucket)/\(text)"
    }

    private func sentence(_ why: String) -> String {
        let times = attempts > 1 ? " (tried \(attempts) times)" : ""
        return "cannot \(request.operation.verb) '\(subject)': \(why)\(times)"
    }

    private func failure(
        _ kind: ObjectStoreError.Kind,
        isRetryable: Bool = false,
        _ why: String
    ) -> S3Failure {
        S3Failure(ObjectStoreError(kind, isRetryable: isRetryable, sentence(why)))
    }

    /// No answer came.
    func failure(_ fault: HTTPFault) -> S3Failure {
        let endpoint = address.endpoint
        switch fault.kind {
        case .unreachable:
            return failure(
                .failed,
                isRetryable: true,
                "\(endpoint) cannot be reached (\(fault.detail)). Check the network and "
                    + "'s3.endpoint'"
            )
        case .unknownHost:
            let hint =
                address.isPathStyle
                ? "" : ", or 's3.path.style.access' if the store has no host for each bucket"
            return failure(
                .failed,
                isRetryable: true,
                "\(fault.detail). Check 's3.endpoint'\(hint)"
            )
        case .untrusted:
            return failure(
                .failed,
                "the TLS connection to \(address.hostHeader) failed: \(fault.detail). Give the "
                    + "certificate of its authority in 's3.ssl.ca-file', or correct 's3.endpoint'"
            )
        case .timeout:
            return failure(.failed, isRetryable: true, "\(endpoint): \(fault.detail)")
        case .cut, .damaged:
            return failure(.failed, isRetryable: true, "\(endpoint): \(fault.detail)")
        case .closed:
            return failure(.failed, "\(fault.detail)")
        case .local:
            guard let system = fault.system else { return failure(.failed, fault.detail) }
            return S3Failure(ObjectStoreError(system))
        }
    }

    /// The store refused.
    func failure(_ answer: HTTPAnswer) -> S3Failure {
        let error = S3ErrorAnswer(answer.body)
        let code = error?.code ?? ""
        var failure = told(answer, code, error)
        failure.code = code.isEmpty ? nil : code
        failure.status = answer.status
        return failure
    }

    private func told(_ answer: HTTPAnswer, _ code: String, _ error: S3ErrorAnswer?) -> S3Failure {
        if let region = wrongRegion(answer, code, error) { return region }
        switch (answer.status, code) {
        case (404, "NoSuchBucket"):
            return failure(
                .failed,
                "there is no bucket '\(address.bucket)' at \(address.endpoint). Create it, or "
                    + "correct the location"
            )
        case (404, "NoSuchKey") where request.operation == .getObject,
            (404, "") where request.operation == .getObject:
            return failure(.notFound, "there is no such object at \(address.endpoint)")
        case (412, _) where request.operation == .putObject:
            let hint = mayHaveWorked ? ", perhaps from an attempt whose answer was lost" : ""
            return failure(.exists, "it exists\(hint)")
        case (507, _), (_, "XMinioStorageFull"), (_, "QuotaExceeded"):
            return failure(
                .full,
                isRetryable: true,
                "the store or the quota of the bucket is full (\(said(answer, error))). Free "
                    + "space, or raise the quota"
            )
        case (_, "InvalidAccessKeyId"), (_, "InvalidClientTokenId"):
            return failure(
                .failed,
                "\(address.endpoint) does not know the access key from \(credentials) "
                    + "(\(said(answer, error)))"
            )
        case (_, "SignatureDoesNotMatch"):
            return failure(
                .failed,
                "the secret key from \(credentials) does not fit the access key, says "
                    + "\(address.endpoint) (\(said(answer, error)))"
            )
        case (_, "ExpiredToken"), (_, "ExpiredTokenException"), (_, "InvalidToken"):
            return failure(
                .failed,
                isRetryable: true,
                "the session token from \(credentials) has expired or is not valid "
                    + "(\(said(answer, error)))"
            )
        case (_, "RequestTimeTooSkewed"):
            return failure(
                .failed,
                "the clock of this machine and that of \(address.endpoint) are too far apart. "
                    + "Set the clock"
            )
        case (403, _):
            return failure(.failed, denied(answer, error))
        case (501, _), (_, "NotImplemented"):
            return failure(
                .failed,
                "\(address.endpoint) does not know \(request.operation.rawValue) or one of its "
                    + "headers (\(said(answer, error)))"
            )
        default:
            let retry = S3Retry.decide(.refusal(status: answer.status, code: code))
            return failure(
                .failed,
                isRetryable: retry == .later || retry == .muchLater,
                "\(address.endpoint) answered \(said(answer, error))"
            )
        }
    }

    private func denied(_ answer: HTTPAnswer, _ error: S3ErrorAnswer?) -> String {
        let resource =
            request.operation == .listObjects
            ? address.bucket : "\(address.bucket)/\(address.prefix)*"
        return "\(address.endpoint) does not allow it (\(said(answer, error))). Allow "
            + "\(request.operation.permission) on arn:aws:s3:::\(resource) to the holder of the "
            + "credentials from \(credentials)"
    }

    private func wrongRegion(
        _ answer: HTTPAnswer,
        _ code: String,
        _ error: S3ErrorAnswer?
    ) -> S3Failure? {
        let isRedirect = (300..<400).contains(answer.status)
        let isMisdirected =
            isRedirect
            || ["AuthorizationHeaderMalformed", "PermanentRedirect", "InvalidRegion"].contains(code)
        guard isMisdirected else { return nil }
        let region = error?.region ?? answer.headers.first(name: "x-amz-bucket-region")
        if let region, region != address.region {
            return failure(
                .failed,
                "the bucket is in the region '\(region)', but the request was for "
                    + "'\(address.region)'. Set 's3.endpoint.region' (or AWS_REGION) to '\(region)'"
            )
        }
        if isRedirect {
            return failure(
                .failed,
                "\(address.endpoint) sends us elsewhere (\(said(answer, error))). Correct "
                    + "'s3.endpoint' and 's3.endpoint.region'"
            )
        }
        return nil
    }

    /// `403 AccessDenied: …, request 4442587FB7D0A2F9`.
    private func said(_ answer: HTTPAnswer, _ error: S3ErrorAnswer?) -> String {
        var text = "\(answer.status)"
        if let error {
            text += " \(error.code)"
            if !error.message.isEmpty { text += ": \(error.message)" }
        }
        if let number = answer.headers.first(name: "x-amz-request-id") {
            text += ", request \(number)"
        }
        return text
    }
}

extension ObjectStoreError {
    /// Tells a fault of the local file system.
    init(_ fault: SystemFault) {
        let kind: Kind =
            if fault.isMissingFile {
                .notFound
            } else if fault.isTakenName {
                .exists
            } else if fault.isFull {
                .full
            } else {
                .failed
            }
        self.init(kind, isRetryable: fault.isPassing, fault.description)
    }
}
