import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A request as any program may send it, and its answer.
struct RawRequest {
    struct Answer {
        let status: Int
        let fields: HTTPHeaders
        let text: String
    }

    static func send(
        _ method: String,
        _ address: String,
        fields: [String: String] = [:],
        body: String? = nil
    ) async throws -> Answer {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var request = HTTPClientRequest(url: address)
            request.method = HTTPMethod(rawValue: method)
            for (name, value) in fields { request.headers.replaceOrAdd(name: name, value: value) }
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, timeout: .seconds(60))
            let content = try await response.body.collect(upTo: 64 << 20)
            try await client.shutdown()
            return Answer(
                status: Int(response.status.code),
                fields: response.headers,
                text: String(buffer: content)
            )
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}
