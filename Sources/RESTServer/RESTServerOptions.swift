package import Logging
import ManagementAPI

/// Where and how the HTTP server listens; read from the program's configuration once.
package struct RESTServerOptions: Sendable {
    /// The address to listen at: a name, an IPv4 or an IPv6 address.
    package var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    package var port = 8081
    /// What callers must show as `Authorization: Bearer …`; nil asks for nothing and is allowed
    /// on loopback only.
    package var token: String?
    /// Serve TLS with these files.
    package var tls: TLSFiles?
    package var bodyBytesMax = ManagementLimits.bodyBytesMax
    package var requestTimeoutMilliseconds = RESTServerLimits.requestTimeoutMilliseconds
    /// Where requests that change something are noted.
    package var logger = Logger(label: "rest") { _ in SwiftLogNoOpLogHandler() }

    /// A certificate chain and its key, as PEM files.
    package struct TLSFiles: Hashable, Sendable {
        package let certificateChain: String
        package let privateKey: String

        package init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    package init() {}

    /// Whether only programs of the same machine can reach the address.
    var isLoopback: Bool { Self.isLoopback(host) }

    /// Whether a host name or address means the same machine.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// What is wrong with them, as a sentence; nil when nothing is.
    func defect() -> String? {
        if let token, token.isEmpty || !token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            return "The REST token must consist of visible ASCII characters without spaces."
        }
        if token == nil, !isLoopback {
            return """
                The REST interface would listen at '\(host)' without a token, so that everybody \
                who reaches this machine could start and cancel jobs. Configure 'rest.token', or \
                bind it to 127.0.0.1.
                """
        }
        if !(0...65535).contains(port) { return "The REST port \(port) is not from 0 to 65535." }
        return nil
    }
}
