import ManagementAPI
import ManagementKit
import NIOHTTP1
import RESTServer
import Synchronization
import Testing

/// What is wrong with a request is told as a sentence with the place.
@Suite struct BadRequestTests {
    private static let job = "/jobs/\(Samples.jobID)"

    /// A method and path, a body, and the status and message of the answer.
    static let cases: [(String, String, String?, Int, String)] = [
        ("GET", "/nothing", nil, 404, "Not found: /nothing"),
        ("GET", "/jobs/0", nil, 404, "Job 0 not found"),
        ("DELETE", "/jobs", nil, 405, "/jobs takes GET, POST, not DELETE."),
        ("PATCH", "/jobs/overview", nil, 405, "/jobs/overview takes GET, not PATCH."),
        ("PATCH", "\(job)?mode=stop", nil, 400, "The query parameter 'mode' is cancel"),
        ("PATCH", "\(job)/rescaling", nil, 400, "needs the query parameter 'parallelism'"),
        ("PATCH", "\(job)/rescaling?parallelism=0", nil, 400, "whole number from 1 on, not '0'"),
        ("GET", "/jobmanager/log?lines=many", nil, 400, "from 1 to 10000, not 'many'"),
        ("GET", "/jobmanager/log?format=xml", nil, 400, "'format' is text or json, not 'xml'"),
        ("GET", "/taskmanagers/tm-9", nil, 404, "No TaskManager with id tm-9"),
        ("GET", "\(job)/vertices/0/backpressure", nil, 404, "Job vertex 0 not found"),
        (
            "GET", "\(job)/vertices/\(Samples.totalsID)/subtasks/4", nil, 404,
            "has subtasks from 0 to 3, not '4'"
        ),
        (
            "POST", "/jobs", "{\n  \"sql\": }", 400,
            "The body of POST /jobs is not JSON: line 2, column 10: a value expected."
        ),
        ("POST", "/jobs", "{\"sql\" \"x\"}", 400, "line 1, column 8: ':' expected"),
        ("POST", "/jobs", "{\"sql\": \"x", 400, "column 9: the text that begins here does not end"),
        ("POST", "/jobs", "{\"sql\": \"x\"", 400, "column 12: ',' or '}' expected"),
        ("POST", "/jobs", nil, 400, "the field 'sql' is missing"),
        ("POST", "/jobs", #"{"sql": 1}"#, 400, "the field 'sql' must be a text"),
        (
            "POST", "/jobs", #"{"sql": "x", "parallelism": "2"}"#, 400,
            "the field 'parallelism' must be a whole number"
        ),
        (
            "POST", "/jobs", #"{"sql": "x", "settings": {"a": 1}}"#, 400,
            "the field 'settings.a' must be a text"
        ),
        (
            "POST", "/jobs", #"{"sql": "x", "paralelism": 2}"#, 400,
            "has a field 'paralelism', which is not known. Did you mean 'parallelism'?"
        ),
        ("POST", "/jobs", #"{"sql": "  "}"#, 400, "The script is empty"),
        ("POST", "/jobs", #"{"sql": "x", "parallelism": 0}"#, 400, "from 1 on, not 0"),
        ("POST", "\(job)/stop", #"{"drain": 1}"#, 400, "the field 'drain' must be true or false"),
        (
            "POST", "\(job)/stop", #"{"target-directory": ""}"#, 400,
            "Did you mean 'targetDirectory'?"
        ),
        (
            "PUT", "\(job)/resource-requirements", "{}", 400,
            "All vertices of a job have the same parallelism: give each of the 3 vertices"
        ),
        (
            "PUT", "\(job)/resource-requirements",
            #"{"x": {"parallelism": {"lowerBound": 1, "upperBound": 2}}}"#, 400,
            "The job 'orders' has no vertex 'x'."
        ),
    ]

    @Test func `bad requests are told as sentences`() async throws {
        try await RunningServer.run { running async throws in
            for (method, path, body, status, message) in Self.cases {
                let answer = try await RawRequest.send(
                    method,
                    running.address + path,
                    body: body
                )
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(answer.text.hasPrefix(#"{"errors":[""#), "\(method) \(path)")
                let text = answer.text.replacing("\\\"", with: "\"")
                #expect(text.contains(message), "\(method) \(path): \(answer.text)")
            }
            #expect(running.service.state.withLock(\.submissions).isEmpty)
        }
    }

    @Test func `a body that is too long is refused`() async throws {
        var options = RESTServerOptions()
        options.bodyBytesMax = 1000
        try await RunningServer.run(options) { running async throws in
            let answer = try await RawRequest.send(
                "POST",
                running.address + "/jobs",
                body: #"{"sql": "\#(String(repeating: "x", count: 2000))"}"#
            )
            #expect(answer.status == 413)
            #expect(answer.text.contains("longer than 1000 bytes"))
        }
    }

    @Test func `a request that takes too long is given up`() async throws {
        var options = RESTServerOptions()
        options.requestTimeoutMilliseconds = 50
        let service = ScriptedService()
        service.state.withLock { $0.delayMilliseconds = 60_000 }
        try await RunningServer.run(options, service: service) { running async throws in
            let answer = try await RawRequest.send("GET", running.address + "/overview")
            #expect(answer.status == 503)
            #expect(answer.text.contains("was not answered within 50 ms"))
            #expect(answer.fields.first(name: "retry-after") == "1")
        }
    }

    @Test func `a wrong method names the right ones`() async throws {
        try await RunningServer.run { running async throws in
            let answer = try await RawRequest.send("PUT", running.address + "/jobs")
            #expect(answer.fields.first(name: "allow") == "GET, POST")
        }
    }
}
