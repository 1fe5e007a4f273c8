import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
import Logging
package import ManagementAPI
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
import Threads

/// The HTTP server of a program: of the job manager with everything, of others with health and
/// metrics only.
package final class RESTServer: Sendable {
    /// The port that it listens at; the one that was free if 0 was asked for.
    package let port: Int
    /// How to reach it from this machine, as in `http://127.0.0.1:8081`.
    package let address: String

    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    private init(
        port: Int,
        address: String,
        group: ServiceGroup,
        running: Task<Void, any Error>
    ) {
        self.port = port
        self.address = address
        self.group = group
        self.running = running
    }

    /// Starts the server of a job manager: the management interface, health and metrics.
    ///
    /// - Parameters:
    ///   - options: where to listen, who may ask.
    ///   - service: what answers.
    ///   - metrics: the text of `/metrics`, made anew for each request.
    ///   - readiness: whether the program can take work.
    /// - Returns: the server, which listens.
    /// - Throws: when the options cannot be used or the address is taken.
    package static func start(
        _ options: RESTServerOptions,
        service: any JobManagerService,
        metrics: @escaping @Sendable () async -> String,
        readiness: @escaping @Sendable () async -> Readiness
    ) async throws(ServiceError) -> RESTServer {
        try await start(
            options,
            managementRoutes(service, metrics: metrics, readiness: readiness),
            leadership: { await service.leadership() }
        )
    }

    /// Starts a server with `/healthz`, `/readyz` and `/metrics` only.
    ///
    /// - Parameters:
    ///   - options: where to listen, who may ask for metrics.
    ///   - metrics: the text of `/metrics`, made anew for each request.
    ///   - readiness: whether the program can take work.
    /// - Returns: the server, which listens.
    /// - Throws: when the options cannot be used or the address is taken.
    package static func startHealth(
        _ options: RESTServerOptions,
        metrics: @escaping @Sendable () async -> String,
        readiness: @escaping @Sendable () async -> Readiness
    ) async throws(ServiceError) -> RESTServer {
        try await start(
            options,
            RouteTable(routes: HealthRoutes.routes(metrics: metrics, readiness: readiness)),
            leadership: nil
        )
    }

    /// All routes of a job manager.
    static func managementRoutes(
        _ service: any JobManagerService,
        metrics: @escaping @Sendable () async -> String,
        readiness: @escaping @Sendable () async -> Readiness
    ) -> RouteTable {
        RouteTable(
            routes: HealthRoutes.routes(metrics: metrics, readiness: readiness)
                + ClusterRoutes.routes(service) + JobRoutes.routes(service)
                + JobChangeRoutes.routes(service)
        )
    }

    /// The methods and paths of a job manager's server, to be compared with the documentation.
    package static func documentedRoutes(
        _ service: any JobManagerService
    ) -> [(method: String, path: String)] {
        managementRoutes(service, metrics: { "" }, readiness: { .ready }).routes
            .map { ($0.method, $0.pattern) }
    }

    /// Answers what is under way, then closes all connections.
    package func stop() async {
        await group.triggerGracefulShutdown()
        _ = await running.result
    }

    /// `startHealth` for a thread of its own, such as that of a command.
    package static func startHealthBlocking(
        _ options: RESTServerOptions,
        metrics: @escaping @Sendable () async -> String,
        readiness: @escaping @Sendable () async -> Readiness
    ) throws(ServiceError) -> RESTServer {
        try BlockingCall.run { () async -> Result<RESTServer, ServiceError> in
            do throws(ServiceError) {
                return .success(
                    try await startHealth(options, metrics: metrics, readiness: readiness)
                )
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// `stop` for a thread of its own.
    package func stopBlocking() {
        BlockingCall.run { await self.stop() }
    }
}

// Starting.
extension RESTServer {
    private static func start(
        _ options: RESTServerOptions,
        _ table: RouteTable,
        leadership: (@Sendable () async -> Leadership)?
    ) async throws(ServiceError) -> RESTServer {
        if let defect = options.defect() { throw ServiceError(400, defect) }
        let handler = RequestHandler(
            table: table,
            access: RequestGuard(token: options.token, isLoopback: options.isLoopback),
            leadership: leadership,
            timeoutMilliseconds: options.requestTimeoutMilliseconds,
            logger: options.logger
        )
        let bound = FirstResult<Result<Int, any Error>>()
        let server: any Service
        do {
            server = try builder(options).buildServer(
                configuration: configuration(options),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: quiet(options.logger),
                responder: { request, writer, _ in
                    let response = await handler.respond(
                        to: head(request),
                        readBody: { () async throws(ServiceError) in
                            try await body(request, bytesMax: options.bodyBytesMax)
                        }
                    )
                    try await writer.write(response: httpHead(response), body: httpBody(response))
                },
                onServerRunning: { bound.give(.success($0.localAddress?.port ?? options.port)) }
            )
        } catch {
            throw ServiceError(400, "The REST interface cannot use its TLS files: \(error)")
        }
        let group = serviceGroup(server, options)
        let running = Task {
            do {
                try await group.run()
            } catch {
                bound.give(.failure(error))
                throw error
            }
        }
        switch await bound.value() {
        case .success(let port):
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            let scheme = options.tls == nil ? "http" : "https"
            return RESTServer(
                port: port,
                address: "\(scheme)://\(host):\(port)",
                group: group,
                running: running
            )
        case .failure(let error):
            throw .unavailable(
                """
                The REST interface cannot listen at \(options.host):\(options.port): \(error). \
                Choose another 'rest.port' if a program has it.
                """
            )
        }
    }

    private static func builder(_ options: RESTServerOptions) throws -> HTTPServerBuilder {
        let base = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .milliseconds(RESTServerLimits.idleTimeoutMilliseconds),
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: RESTServerLimits.headerBytesMax,
                    maxHeaderListSize: RESTServerLimits.headerBytesMax
                )
            )
        )
        guard let tls = options.tls else { return base }
        let chain = try NIOSSLCertificate.fromPEMFile(tls.certificateChain)
        return try .tls(
            base,
            tlsConfiguration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(file: tls.privateKey, format: .pem)
                )
            )
        )
    }

    private static func configuration(_ options: RESTServerOptions) -> ServerConfiguration {
        ServerConfiguration(
            address: .hostname(options.host, port: options.port),
            availableConnectionsDelegate: MaximumAvailableConnections(
                RESTServerLimits.connectionsMax,
                logger: quiet(options.logger)
            )
        )
    }

    private static func serviceGroup(
        _ server: any Service,
        _ options: RESTServerOptions
    ) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: [server],
            logger: quiet(options.logger)
        )
        configuration.maximumGracefulShutdownDuration = .milliseconds(
            RESTServerLimits.stopTimeoutMilliseconds
        )
        return ServiceGroup(configuration: configuration)
    }

    /// The packages below tell of every connection and phase: only their warnings are wanted.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

// Between HTTP types and ours.
extension RESTServer {
    private static func head(_ request: Request) -> RequestHead {
        var fields: [String: String] = [:]
        for field in request.headers where fields[field.name.canonicalName] == nil {
            fields[field.name.canonicalName] = field.value
        }
        if fields["host"] == nil { fields["host"] = request.head.authority }
        return RequestHead(
            method: request.head.method.rawValue,
            target: request.head.path ?? "/",
            fields: fields
        )
    }

    private static func body(
        _ request: Request,
        bytesMax: Int
    ) async throws(ServiceError) -> [UInt8] {
        do {
            return Array(buffer: try await request.body.collect(upTo: bytesMax))
        } catch is NIOTooManyBytesError {
            throw ServiceError(413, "The body of the request is longer than \(bytesMax) bytes.")
        } catch {
            throw .badRequest("The body of the request cannot be read: \(error)")
        }
    }

    private static func httpHead(_ response: RESTResponse) -> HTTPResponse {
        var fields = HTTPFields()
        fields[.contentType] = response.contentType
        fields[.contentLength] = String(response.body.count)
        fields[.cacheControl] = "no-store"
        for (name, value) in response.fields {
            if let fieldName = HTTPField.Name(name) { fields[fieldName] = value }
        }
        return HTTPResponse(
            status: HTTPResponse.Status(code: response.status),
            headerFields: fields
        )
    }

    private static func httpBody(_ response: RESTResponse) -> ResponseBody {
        response.body.isEmpty
            ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
    }
}
