import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ObjectStore
import Synchronization

/// One request, ready to be sent.
struct HTTPCall: Sendable {
    let method: HTTPMethod
    let url: String
    var headers = HTTPHeaders()
    var payload = S3Payload.none
    /// The attempt as a whole.
    let timeoutMicroseconds: Int64
    var answerBytesMax = S3Limits.answerBytesMax
}

/// The connections of this process to object stores; shared by all stores, closed once.
///
/// Calls block, and may be made from any thread but event loops.
final class HTTPTransport: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let client: HTTPClient
    private let gate: RequestGate
    private let isClosed = Mutex(false)

    init(_ options: S3Options) throws(ObjectStoreError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = options.certificateFile {
            guard let content = try? LocalFiles.read(file) else {
                throw ObjectStoreError(
                    .failed,
                    "the certificates of 's3.ssl.ca-file', '\(file)', cannot be read"
                )
            }
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(content))
            } catch {
                throw ObjectStoreError(
                    .failed,
                    "'\(file)' of 's3.ssl.ca-file' holds no certificates in PEM: \(error)"
                )
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .microseconds(options.connectMicroseconds),
                read: .microseconds(options.idleMicroseconds),
                write: .microseconds(options.idleMicroseconds)
            ),
            connectionPool: .init(
                idleTimeout: .seconds(60),
                concurrentHTTP1ConnectionsPerHostSoftLimit: options.connectionsMax
            ),
            decompression: .disabled
        )
        // Attempts are counted, and pauses made, in one place: `S3Client`.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = options.hostAddresses
        group = MultiThreadedEventLoopGroup(numberOfThreads: S3Limits.eventLoopThreads)
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        gate = RequestGate(options.connectionsMax)
    }

    deinit {
        close()
    }

    /// Sends a request and waits for the answer, whatever its status.
    ///
    /// - Throws: why there is none; `closed` as soon as it is cancelled.
    func send(
        _ call: HTTPCall,
        to target: (any HTTPBodyTarget)? = nil,
        unless cancellation: Cancellation = Cancellation()
    ) throws(HTTPFault) -> HTTPAnswer {
        try gate.pass(unless: cancellation) { () throws(HTTPFault) in
            let exchange = HTTPExchange()
            let request: HTTPClient.Request
            do {
                request = try HTTPClient.Request(
                    url: call.url,
                    method: call.method,
                    headers: call.headers,
                    body: body(call.payload, exchange)
                )
            } catch {
                throw HTTPFault(.unreachable, "'\(call.url)' is no address: \(error)")
            }
            let task = client.execute(
                request: request,
                delegate: exchange,
                deadline: .now() + .microseconds(call.timeoutMicroseconds)
            )
            let ending = cancellation.onCancel { task.fail(reason: HTTPFault.unwanted) }
            defer { cancellation.forget(ending) }
            return try exchange.run(
                task,
                call.payload,
                target,
                answerBytesMax: call.answerBytesMax
            )
        }
    }

    private func body(_ payload: S3Payload, _ exchange: HTTPExchange) -> HTTPClient.Body? {
        switch payload {
        case .none:
            return nil
        case .bytes(let bytes) where bytes.count <= S3Limits.blockBytes:
            return .byteBuffer(ByteBuffer(bytes: bytes))
        case .bytes, .file:
            let loop = group.any()
            return .stream(contentLength: payload.count) { exchange.wantBody($0, loop) }
        }
    }

    /// Ends what is under way and closes all connections; later calls fail.
    func close() {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        let isIdle = gate.close(timeoutMicroseconds: S3Limits.closeMicroseconds) {
            // Its only failure is to be closed already.
            try? client.syncShutdown()
        }
        // A request that does not end keeps its event loop; the process ends soon.
        if isIdle { try? group.syncShutdownGracefully() }
    }
}
