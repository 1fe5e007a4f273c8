import ManagementAPI
import ManagementKit
import NIOHTTP1
import RESTServer
import Synchronization
import Testing

/// What requests lead to.
@Suite struct RouteTests {
    @Test func `a script may be sent as it is`() async throws {
        try await RunningServer.run { running async throws in
            let answer = try await RawRequest.send(
                "POST",
                running.address
                    + "/jobs?name=a%20b+c&parallelism=3&savepointPath=s3%3A%2F%2Fx"
                    + "&allowNonRestoredState=true",
                fields: ["content-type": "application/sql; charset=utf-8"],
                body: "INSERT INTO t SELECT 1;"
            )
            #expect(answer.status == 202, "\(answer.text)")
            #expect(
                running.service.state.withLock(\.submissions) == [
                    JobSubmission(
                        sql: "INSERT INTO t SELECT 1;",
                        name: "a b c",
                        parallelism: 3,
                        fromSavepoint: "s3://x",
                        allowNonRestoredState: true
                    )
                ]
            )
        }
    }

    @Test func `a job may be sent as JSON with Flink's words`() async throws {
        try await RunningServer.run { running async throws in
            let answer = try await RawRequest.send(
                "POST",
                running.address + "/v1/jobs",
                body: #"{"sql": "x", "settings": {"a": "b"}, "savepointPath": "/s"}"#
            )
            #expect(answer.status == 202)
            #expect(answer.text.contains(#""jobid":"\#(Samples.jobID)""#))
            #expect(
                running.service.state.withLock(\.submissions) == [
                    JobSubmission(sql: "x", settings: ["a": "b"], fromSavepoint: "/s")
                ]
            )
        }
    }

    @Test func `Flink's own requests work`() async throws {
        let job = "/v1/jobs/\(Samples.jobID)"
        try await RunningServer.run { running async throws in
            let savepoint = try await RawRequest.send(
                "POST",
                running.address + job + "/savepoints",
                body: #"{"target-directory": "/b", "cancel-job": false, "formatType": "NATIVE"}"#
            )
            #expect(savepoint.status == 202)
            #expect(savepoint.text == #"{"request-id":"\#(Samples.triggerID)"}"#)
            let path = running.address + job + "/savepoints/\(Samples.triggerID)"
            let first = try await RawRequest.send("GET", path)
            #expect(first.text == #"{"operation":null,"status":{"id":"IN_PROGRESS"}}"#)
            running.service.state.withLock { $0.operations = [.completed(location: "/b/s-1")] }
            let second = try await RawRequest.send("GET", path)
            #expect(
                second.text == #"{"operation":{"location":"/b/s-1"},"status":{"id":"COMPLETED"}}"#
            )
            let empty = try await RawRequest.send("POST", running.address + job + "/stop")
            #expect(empty.status == 202)
            let cancel = try await RawRequest.send("PATCH", running.address + job + "?mode=cancel")
            #expect(cancel.status == 202)
            #expect(cancel.text == "{}")
            #expect(running.service.state.withLock(\.cancelled) == [Samples.jobID])
        }
    }

    @Test func `resource requirements rescale only where they differ`() async throws {
        let path = "/jobs/\(Samples.jobID)/resource-requirements"
        func body(_ parallelism: Int) -> String {
            let entries = Samples.job.vertices.map {
                #""\#($0.id)": {"parallelism": {"lowerBound": 1, "upperBound": \#(parallelism)}}"#
            }
            return "{\(entries.joined(separator: ","))}"
        }
        try await RunningServer.run { running async throws in
            let address = running.address + path
            #expect(try await RawRequest.send("PUT", address, body: body(4)).status == 200)
            #expect(running.service.state.withLock(\.rescales) == [])
            #expect(try await RawRequest.send("PUT", address, body: body(6)).status == 200)
            #expect(running.service.state.withLock(\.rescales) == [6])
        }
    }

    @Test func `a job manager that stands by sends to the leader`() async throws {
        try await RunningServer.run { running async throws in
            running.service.state.withLock { $0.leadership = .standby(leader: "http://leader:1") }
            let answer = try await RawRequest.send(
                "GET",
                running.address + "/jobs/a?maxExceptions=1"
            )
            #expect(answer.status == 307)
            #expect(
                answer.fields.first(name: "location") == "http://leader:1/jobs/a?maxExceptions=1"
            )
            running.service.state.withLock { $0.leadership = .standby(leader: nil) }
            let none = try await RawRequest.send("GET", running.address + "/jobs")
            #expect(none.status == 503)
            #expect(none.text.contains("none holds the lease"))
            #expect(try await RawRequest.send("GET", running.address + "/healthz").status == 200)
            #expect(try await RawRequest.send("GET", running.address + "/metrics").status == 200)
        }
    }

    @Test func `HEAD is GET without the content`() async throws {
        try await RunningServer.run { running async throws in
            let answer = try await RawRequest.send("HEAD", running.address + "/overview")
            #expect(answer.status == 200)
            #expect(answer.text.isEmpty)
        }
    }

    @Test func `logs are text, or an object a line`() async throws {
        try await RunningServer.run { running async throws in
            let path = running.address + "/jobmanager/log"
            let text = try await RawRequest.send("GET", path + "?lines=2")
            #expect(
                text.text == """
                    2026-11-21T11:59:59.000Z  warning  Checkpoint given up  checkpoint=7  job=orders
                    2026-11-21T12:00:00.000Z  info  Checkpoint completed

                    """
            )
            let json = try await RawRequest.send("GET", path + "?after=2&format=json")
            #expect(json.fields.first(name: "content-type") == "application/x-ndjson")
            #expect(json.text.split(separator: "\n").count == 1)
        }
    }
}
