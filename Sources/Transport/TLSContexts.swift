import Core
import NIOCore
import NIOSSL

/// Mutual TLS for both ends of connections, made once from files.
struct TLSContexts: Sendable {
    private let server: NIOSSLContext
    private let client: NIOSSLContext

    init(_ options: TransportOptions.TLS) throws(TransportError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(options.certificateFile)
                .map { NIOSSLCertificateSource.certificate($0) }
            let key = NIOSSLPrivateKeySource.privateKey(
                try NIOSSLPrivateKey(file: options.keyFile, format: .pem)
            )
            let roots = NIOSSLTrustRoots.certificates(
                try NIOSSLCertificate.fromPEMFile(options.authorityFile)
            )
            var forServer = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: key
            )
            forServer.minimumTLSVersion = .tlsv13
            forServer.trustRoots = roots
            forServer.certificateVerification = .noHostnameVerification
            server = try NIOSSLContext(configuration: forServer)
            var forClient = TLSConfiguration.makeClientConfiguration()
            forClient.minimumTLSVersion = .tlsv13
            forClient.trustRoots = roots
            forClient.certificateChain = chain
            forClient.privateKey = key
            forClient.certificateVerification =
                options.checksServerName ? .fullVerification : .noHostnameVerification
            client = try NIOSSLContext(configuration: forClient)
        } catch {
            throw TransportError(
                "TLS could not be set up from the certificate '\(options.certificateFile)', the key "
                    + "'\(options.keyFile)' and the authority '\(options.authorityFile)'.",
                blame: .user,
                isRetryable: false,
                cause: error
            )
        }
    }

    func serverHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: server)
    }

    /// A handler for a connection to `host`; an address is checked against the certificate's, too.
    func clientHandler(_ host: String) throws -> NIOSSLClientHandler {
        let isAddress = SocketAddress.isAddress(host)
        return try NIOSSLClientHandler(context: client, serverHostname: isAddress ? nil : host)
    }
}

extension SocketAddress {
    /// Whether a host is written as a number.
    fileprivate static func isAddress(_ host: String) -> Bool {
        do {
            _ = try SocketAddress(ipAddress: host, port: 0)
            return true
        } catch {
            return false
        }
    }
}
