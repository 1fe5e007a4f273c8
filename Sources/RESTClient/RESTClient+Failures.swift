import AsyncHTTPClient
import Core
import NIOCore
import NIOPosix
import NIOSSL

// Why a job manager cannot be reached.
extension RESTClient {
    /// An address that cannot be used.
    static func unusable(_ address: String) -> ClientError {
        ClientError(
            .strange,
            """
            '\(address)' is not an address of a job manager. It is written as \
            http://127.0.0.1:8081 (--jobmanager or APUS_JOBMANAGER).
            """
        )
    }

    /// The error for people, with what to do next.
    static func unreachable(_ base: String, _ error: any Error) -> ClientError {
        if let failure = tlsFailure(error) {
            return ClientError(
                .unreachable,
                """
                TLS with the job manager at \(base) failed: \(TLSFailure.text(failure)). \
                --ca-file names the authority to trust.
                """
            )
        }
        return ClientError(
            .unreachable,
            """
            The job manager at \(base) does not answer: \(reason(error)). Start it with \
            'jobmanager --config FILE', or give its address with --jobmanager or APUS_JOBMANAGER.
            """
        )
    }

    private static func tlsFailure(_ error: any Error) -> (any Error)? {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.lazy.compactMap { tlsFailure($0.error) }.first
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: error
        default: nil
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return reason(failure.error) }
            return "the name '\(error.host)' cannot be resolved"
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "connection refused"
        case let error as IOError where error.errnoCode == ECONNRESET: return "connection reset"
        case let error as IOError: return "\(error)"
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: return "the connection was not made in time"
            case .deadlineExceeded, .readTimeout: return "there was no answer in time"
            case .remoteConnectionClosed:
                return
                    "the connection was closed, as one with TLS does for an address without https"
            default: return error.shortDescription
            }
        default: return "\(error)"
        }
    }
}
