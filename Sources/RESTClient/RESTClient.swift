import AsyncHTTPClient
import Core
import FoundationEssentials
import ManagementAPI
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Threads

/// Asks a job manager, from a thread of its own; the calls are in the extensions.
///
/// Follows a job manager that stands by to the one that leads. Requests that change nothing, or
/// that the job manager recognises when they come twice, are repeated for a while once it has
/// answered before: it may be starting again, or another one taking over.
package final class RESTClient: Sendable {
    private struct State {
        /// Where the last answer came from.
        var base: String
        var hasAnswered = false
    }

    private let options: RESTClientOptions
    /// Where the user said that the job manager is.
    private let base: String
    private let http: HTTPClient
    private let state: Mutex<State>

    /// Makes a client; nothing is sent.
    package init(_ options: RESTClientOptions) throws(ClientError) {
        guard let base = options.base else { throw Self.unusable(options.address) }
        self.options = options
        self.base = base
        state = Mutex(State(base: base))
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .milliseconds(RESTClientLimits.connectTimeoutMilliseconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = options.authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                tls.additionalTrustRoots = [
                    .certificates(try NIOSSLCertificate.fromPEMFile(file))
                ]
            } catch {
                throw ClientError(
                    .strange,
                    "The certificates in '\(file)' cannot be read: \(error)"
                )
            }
            configuration.tlsConfiguration = tls
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections; the client must not be used any more.
    package func close() {
        let http = http
        BlockingCall.run {
            // A connection that cannot be closed in order is closed by the system.
            try? await http.shutdown()
        }
    }

    /// Where the last answer came from: the leader, once it is known.
    package var address: String { state.withLock(\.base) }

    /// A request.
    struct Call: Sendable {
        var method = HTTPMethod.GET
        let path: String
        var query: [(String, String)] = []
        var body: [UInt8]?
        /// Whether sending it twice does the same as sending it once.
        var isRepeatable: Bool

        init(_ path: String, query: [(String, String)] = []) {
            self.path = path
            self.query = query
            isRepeatable = true
        }

        init(
            _ method: HTTPMethod,
            _ path: String,
            query: [(String, String)] = [],
            body: [UInt8]? = nil,
            isRepeatable: Bool = false
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.body = body
            self.isRepeatable = isRepeatable
        }
    }

    /// Sends a request and reads its answer as a type.
    func ask<Answer: Decodable>(_ type: Answer.Type, _ call: Call) throws(ClientError) -> Answer {
        let bytes = try send(call)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes))
        } catch {
            throw ClientError(
                .strange,
                """
                The answer of \(address) to \(call.method.rawValue) \(call.path) cannot be read: \
                is it the job manager, and of the same version as jobctl? (\(error))
                """
            )
        }
    }

    /// Sends a request, again where that is right, and gives the bytes of its answer.
    func send(_ call: Call) throws(ClientError) -> [UInt8] {
        var backoff = Backoff(
            initialMicroseconds: RESTClientLimits.retryPauseMicroseconds.lowerBound,
            maximumMicroseconds: RESTClientLimits.retryPauseMicroseconds.upperBound
        )
        var random = SystemRandomNumberGenerator()
        let clock = ContinuousClock()
        var deadline: ContinuousClock.Instant?
        var hasTold = false
        while true {
            do throws(ClientError) {
                let bytes = try attempt(call)
                if hasTold { options.notice("The job manager at \(address) answers again.") }
                return bytes
            } catch {
                let end = deadline ?? clock.now + .milliseconds(options.retryMilliseconds)
                deadline = end
                guard error.isRetryable, call.isRepeatable, clock.now < end,
                    state.withLock(\.hasAnswered) || error.kind == .refused(503)
                else { throw error }
                // The leader may be gone: ask where the user said again.
                state.withLock { $0.base = base }
                if !hasTold {
                    hasTold = true
                    options.notice(
                        """
                        \(error.message) Trying again for up to \
                        \(options.retryMilliseconds / 1000) s.
                        """
                    )
                }
                try pause(backoff.nextMicroseconds(using: &random))
            }
        }
    }

    private func pause(_ microseconds: Int64) throws(ClientError) {
        let signal = ThreadSignal()
        var rest = microseconds
        while rest > 0 {
            if options.isInterrupted() { throw interrupted }
            signal.wait(forMicroseconds: min(rest, 100_000))
            rest -= 100_000
        }
    }

    private var interrupted: ClientError {
        ClientError(.interrupted, "Interrupted while \(address) did not answer.")
    }

    /// Sends a request once, following job managers that stand by.
    private func attempt(_ call: Call) throws(ClientError) -> [UInt8] {
        for _ in 0...RESTClientLimits.redirectsMax {
            let base = address
            let answer = try exchange(call, base)
            state.withLock { $0.hasAnswered = true }
            switch answer.status {
            case 200..<300: return answer.body
            case 301, 302, 307, 308:
                guard let leader = Self.base(of: answer.location, path: call.path) else {
                    throw ClientError(
                        .strange,
                        "\(base) sends elsewhere without saying where; is it the job manager?"
                    )
                }
                guard !(base.hasPrefix("https:") && leader.hasPrefix("http:")) else {
                    throw ClientError(
                        .strange,
                        """
                        \(base) names the leader \(leader), which is without TLS; the token is \
                        not sent there. Configure 'rest.address' with https.
                        """
                    )
                }
                state.withLock { $0.base = leader }
            default: throw Self.refusal(answer, call, base)
            }
        }
        throw ClientError(
            .unreachable,
            "The job managers send each other's callers around: none of them leads at present."
        )
    }

    private struct Answer: Sendable {
        let status: Int
        let location: String?
        let body: [UInt8]
    }

    /// The address before the path of a redirect.
    private static func base(of location: String?, path: String) -> String? {
        guard let location, let range = location.firstRange(of: path), location.contains("://")
        else {
            return nil
        }
        return String(location[..<range.lowerBound])
    }

    private static func refusal(_ answer: Answer, _ call: Call, _ base: String) -> ClientError {
        let decoded = try? JSONDecoder().decode(ErrorResponse.self, from: Data(answer.body))
        guard let errors = decoded?.errors, !errors.isEmpty else {
            return ClientError(
                answer.status >= 500 ? .refused(answer.status) : .strange,
                """
                \(base) answered \(call.method.rawValue) \(call.path) with status \
                \(answer.status), not as a job manager does. Check --jobmanager.
                """
            )
        }
        return ClientError(.refused(answer.status), errors.joined(separator: "\n"))
    }

    /// One request and its answer.
    private func exchange(_ call: Call, _ base: String) throws(ClientError) -> Answer {
        var request = HTTPClientRequest(url: base + call.path + Self.queryText(call.query))
        request.method = call.method
        if let token = options.token {
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        }
        if let body = call.body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let prepared = request
        let http = http
        let timeout = TimeAmount.milliseconds(
            call.isRepeatable
                ? options.repeatableTimeoutMilliseconds : options.requestTimeoutMilliseconds
        )
        let result = BlockingCall.run(
            unless: options.isInterrupted,
            askedEveryMicroseconds: RESTClientLimits.interruptMicroseconds
        ) { () async -> Result<Answer, any Error> in
            do {
                let response = try await http.execute(prepared, timeout: timeout)
                let body = try await response.body.collect(upTo: RESTClientLimits.answerBytesMax)
                return .success(
                    Answer(
                        status: Int(response.status.code),
                        location: response.headers.first(name: "location"),
                        body: Array(buffer: body)
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let error): throw Self.unreachable(base, error)
        case nil: throw interrupted
        }
    }

    private static func queryText(_ query: [(String, String)]) -> String {
        if query.isEmpty { return "" }
        return "?" + query.map { "\($0)=\(PathText.encode($1))" }.joined(separator: "&")
    }
}
