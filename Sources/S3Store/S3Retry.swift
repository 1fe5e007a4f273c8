/// How one attempt at a request ended.
package enum S3Outcome: Equatable {
    /// The store answered with an error: the HTTP status and S3's code.
    case refusal(status: Int, code: String?)
    case fault(HTTPFault.Kind)
}

/// What to do after a failed attempt; pure, so that each case is one line of a test.
package enum S3Retry: Equatable {
    /// The same would happen again.
    case giveUp
    /// Try again after a pause that grows.
    case later
    /// Try again after a longer pause: the store asks for less.
    case muchLater
    /// Our clock is off: sign with the store's.
    case withServerTime
    /// The credentials have run out: fetch others.
    case withFreshCredentials

    /// Decides by the outcome alone; the caller counts attempts.
    package static func decide(_ outcome: S3Outcome) -> S3Retry {
        switch outcome {
        case .fault(let kind): decide(kind)
        case .refusal(let status, let code): decide(status, code ?? "")
        }
    }

    private static func decide(_ kind: HTTPFault.Kind) -> S3Retry {
        switch kind {
        case .unreachable, .unknownHost, .timeout, .cut, .damaged: .later
        case .untrusted, .closed, .local: .giveUp
        }
    }

    private static func decide(_ status: Int, _ code: String) -> S3Retry {
        switch code {
        case "RequestTimeTooSkewed": .withServerTime
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired": .withFreshCredentials
        case "SlowDown", "TooManyRequests", "RequestLimitExceeded", "Throttling",
            "ThrottlingException", "ServiceUnavailable":
            .muchLater
        case "RequestTimeout", "InternalError", "OperationAborted", "ConditionalRequestConflict",
            "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody":
            // The digests are right when they leave us: what differs was damaged on its way.
            .later
        case "NotImplemented", "XMinioStorageFull", "QuotaExceeded": .giveUp
        default:
            switch status {
            case 408, 500, 502, 504: .later
            case 429, 503: .muchLater
            default: .giveUp
            }
        }
    }
}
