import ManagementAPI
import ManagementKit
import NIOHTTP1
import RESTServer
import Testing

/// The server of programs that are no job manager.
@Suite struct HealthTests {
    @Test func `a program that is not ready says what it waits for`() async throws {
        let waiting = Readiness(isReady: false, message: "waits for the job manager")
        try await RunningServer.run(readiness: waiting) { running async throws in
            let answer = try await RawRequest.send("GET", running.address + "/readyz")
            #expect(answer.status == 503)
            #expect(answer.text == "waits for the job manager\n")
        }
    }

    @Test func `metrics are Prometheus text`() async throws {
        try await RunningServer.run { running async throws in
            let answer = try await RawRequest.send("GET", running.address + "/metrics")
            #expect(
                answer.text == """
                    # HELP flink_jobmanager_taskSlotsTotal The slots of all task managers.
                    # TYPE flink_jobmanager_taskSlotsTotal gauge
                    flink_jobmanager_taskSlotsTotal{host="h"} 8

                    """
            )
            let type = answer.fields.first(name: "content-type")
            #expect(type == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test func `the small server has health and metrics alone`() async throws {
        var options = RESTServerOptions()
        options.port = 0
        let server = try await RESTServer.startHealth(
            options,
            metrics: { "x 1\n" },
            readiness: { .ready }
        )
        #expect(try await RawRequest.send("GET", server.address + "/metrics").text == "x 1\n")
        #expect(try await RawRequest.send("GET", server.address + "/readyz").text == "ready\n")
        #expect(try await RawRequest.send("GET", server.address + "/jobs").status == 404)
        await server.stop()
        await #expect(throws: (any Error).self) {
            _ = try await RawRequest.send("GET", server.address + "/healthz")
        }
    }

    @Test func `the small server serves a thread of its own`() async throws {
        let port = try await OwnThread.run { () throws in
            var options = RESTServerOptions()
            options.port = 0
            let server = try RESTServer.startHealthBlocking(
                options,
                metrics: { "" },
                readiness: { .ready }
            )
            server.stopBlocking()
            return server.port
        }
        #expect(port > 0)
    }
}
