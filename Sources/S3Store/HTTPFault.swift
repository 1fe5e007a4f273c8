import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ObjectStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a request brought no answer.
package struct HTTPFault: Error {
    package enum Kind: Equatable {
        /// Nobody listens there, or no network leads there.
        case unreachable
        /// The name has no address.
        case unknownHost
        /// The other side's certificate is not trusted, or it does not speak TLS.
        case untrusted
        case timeout
        /// The connection ended in the middle.
        case cut
        /// This process is closing.
        case closed
        /// The answer makes no sense, or is not whole.
        case damaged
        /// A file of ours could not be read or written.
        case local
    }

    package let kind: Kind
    /// What the system said.
    package let detail: String
    /// For `local`.
    var system: SystemFault?

    init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    init(_ fault: SystemFault) {
        kind = .local
        detail = fault.description
        system = fault
    }

    /// Reads the errors of the HTTP client.
    init(_ error: any Error) {
        switch error {
        case let fault as HTTPFault: self = fault
        case let fault as SystemFault: self.init(fault)
        case let error as HTTPClientError: self = Self.client(error)
        case let error as NIOConnectionError: self = Self.connection(error)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = Self.tls(error)
        case is HTTPParserError: self.init(.cut, "the answer broke off or is no HTTP (\(error))")
        case is ChannelError, is EventLoopError: self.init(.cut, "\(error)")
        case let error as IOError: self = Self.system(error)
        default: self.init(.cut, "\(error)")
        }
    }

    /// The exchange was cancelled.
    static let unwanted = HTTPFault(.closed, "nobody waits for it any more")

    private static func client(_ error: HTTPClientError) -> HTTPFault {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            HTTPFault(.timeout, "no connection stood in time")
        case .readTimeout, .writeTimeout:
            HTTPFault(.timeout, "the other side fell silent")
        case .deadlineExceeded:
            HTTPFault(.timeout, "it took too long")
        case .alreadyShutdown, .cancelled:
            HTTPFault(.closed, "the client was closed")
        case .remoteConnectionClosed, .uncleanShutdown:
            HTTPFault(.cut, "the connection was closed before the answer was whole")
        default:
            HTTPFault(.cut, error.description)
        }
    }

    private static func connection(_ error: NIOConnectionError) -> HTTPFault {
        if let failure = error.connectionErrors.first {
            let reason = (failure.error as? IOError).map { system($0).detail }
            return HTTPFault(.unreachable, reason ?? "\(failure.error)")
        }
        return HTTPFault(.unknownHost, "the name '\(error.host)' has no address")
    }

    /// A call of the system on a socket failed.
    private static func system(_ error: IOError) -> HTTPFault {
        let code = error.errnoCode
        let reason = SystemFault(code: code, operation: "use", path: "").reason
        let isUnreachable = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(code)
        return HTTPFault(isUnreachable ? .unreachable : .cut, reason)
    }

    private static func tls(_ error: any Error) -> HTTPFault {
        if case NIOSSLError.uncleanShutdown = error {
            return HTTPFault(.cut, "the connection was closed before the answer was whole")
        }
        return HTTPFault(.untrusted, "\(error)")
    }
}
