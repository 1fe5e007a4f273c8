import ManagementAPI
import ManagementKit
import NIOHTTP1
import RESTServer
import Synchronization
import Testing

/// Who is answered.
@Suite struct AccessTests {
    private var withToken: RESTServerOptions {
        var options = RESTServerOptions()
        options.token = "s3cret-token"
        return options
    }

    @Test func `a missing or wrong token is refused, the right one is not`() async throws {
        try await RunningServer.run(withToken) { running async throws in
            let address = running.address + "/overview"
            let missing = try await RawRequest.send("GET", address)
            #expect(missing.status == 401)
            #expect(missing.text.contains("The request carries no token: send 'Authorization"))
            #expect(missing.fields.first(name: "www-authenticate") == "Bearer")
            for wrong in ["s3cret-toke", "s3cret-token2", "S3cret-token", "x", ""] {
                let answer = try await RawRequest.send(
                    "GET",
                    address,
                    fields: ["authorization": "Bearer \(wrong)"]
                )
                #expect(answer.status == 401, "\(wrong)")
                #expect(answer.text.contains("The token of the request is wrong"))
            }
            let basic = ["authorization": "Basic s3cret-token"]
            #expect(try await RawRequest.send("GET", address, fields: basic).status == 401)
            let right = ["authorization": "bearer s3cret-token"]
            #expect(try await RawRequest.send("GET", address, fields: right).status == 200)
        }
    }

    @Test func `health needs no token, metrics and unknown paths do`() async throws {
        try await RunningServer.run(withToken) { running async throws in
            #expect(try await RawRequest.send("GET", running.address + "/healthz").status == 200)
            #expect(try await RawRequest.send("GET", running.address + "/readyz").status == 200)
            #expect(try await RawRequest.send("GET", running.address + "/metrics").status == 401)
            #expect(try await RawRequest.send("GET", running.address + "/nothing").status == 401)
        }
    }

    @Test func `a server that others reach does not start without a token`() async throws {
        for host in ["0.0.0.0", "::", "10.0.0.3", "example.org", "127.0.0.1.example.org"] {
            var options = RESTServerOptions()
            options.host = host
            let error = await #expect(throws: ServiceError.self) {
                try await RunningServer.run(options) { _ in }
            }
            #expect(
                error?.message == """
                    The REST interface would listen at '\(host)' without a token, so that \
                    everybody who reaches this machine could start and cancel jobs. Configure \
                    'rest.token', or bind it to 127.0.0.1.
                    """
            )
        }
    }

    @Test func `a server that others reach starts with a token`() async throws {
        var options = withToken
        options.host = "0.0.0.0"
        try await RunningServer.run(options) { running async throws in
            let address = "http://127.0.0.1:\(running.server.port)/jobs"
            #expect(try await RawRequest.send("GET", address).status == 401)
        }
    }

    @Test func `a token that no header can carry is refused at the start`() async throws {
        for token in ["", "two words", "line\n", "ü"] {
            var options = RESTServerOptions()
            options.token = token
            await #expect(throws: ServiceError.self) {
                try await RunningServer.run(options) { _ in }
            }
        }
    }

    @Test func `without a token pages in a browser of this machine get nowhere`() async throws {
        try await RunningServer.run { running async throws in
            let address = running.address + "/jobs"
            let foreign = try await RawRequest.send(
                "POST",
                address,
                fields: ["origin": "https://evil.example", "content-type": "text/plain"],
                body: "SELECT 1"
            )
            #expect(foreign.status == 403)
            let renamed = try await RawRequest.send(
                "GET",
                address,
                fields: ["host": "evil.example"]
            )
            #expect(renamed.status == 403)
            let own = try await RawRequest.send(
                "POST",
                address,
                fields: ["origin": running.address, "content-type": "text/plain"],
                body: "SELECT 1"
            )
            #expect(own.status == 202)
            #expect(running.service.state.withLock(\.submissions).count == 1)
        }
    }

    @Test func `a taken port is told with what to do`() async throws {
        try await RunningServer.run { running async throws in
            var options = RESTServerOptions()
            options.port = running.server.port
            let error = await #expect(throws: ServiceError.self) {
                _ = try await RESTServer.startHealth(
                    options,
                    metrics: { "" },
                    readiness: { .ready }
                )
            }
            #expect(error?.message.contains("cannot listen at 127.0.0.1:") == true)
            #expect(error?.message.contains("Choose another 'rest.port'") == true)
        }
    }
}
