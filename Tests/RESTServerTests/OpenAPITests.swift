import Foundation
import ManagementAPI
import ManagementKit
import NIOHTTP1
import RESTServer
import Synchronization
import Testing

/// The running server and docs/openapi.json say the same.
@Suite struct OpenAPITests {
    @Test func `every route is documented and every documented path is a route`() throws {
        let document = try OpenAPIDocument.load()
        let documented = Set(document.operations.map { "\($0.method) \($0.path)" })
        let routes = Set(
            RESTServer.documentedRoutes(ScriptedService()).map { "\($0.method) \($0.path)" }
        )
        #expect(routes.subtracting(documented) == [], "routes without documentation")
        #expect(documented.subtracting(routes) == [], "documentation without a route")
        #expect(routes.count >= 30)
    }

    @Test func `the parameters of every path are those in its pattern`() throws {
        for operation in try OpenAPIDocument.load().operations {
            let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            #expect(operation.parameters(in: "path") == Set(names), "\(operation.path)")
        }
    }

    /// One request for each operation, with a body where it takes one.
    private static let bodies = [
        "POST /jobs": #"{"sql": "SELECT 1", "name": "orders", "parallelism": 2, "settings": {}}"#,
        "POST /jobs/{jobid}/savepoints": #"{"target-directory": "/backup"}"#,
        "POST /jobs/{jobid}/stop": #"{"targetDirectory": "/backup", "drain": true}"#,
    ]

    @Test func `every answer has the documented form`() async throws {
        let document = try OpenAPIDocument.load()
        let requirements = Samples.job.vertices
            .map { #""\#($0.id)": {"parallelism": {"lowerBound": 1, "upperBound": 8}}"# }
        let bodies = Self.bodies.merging([
            "PUT /jobs/{jobid}/resource-requirements": "{\(requirements.joined(separator: ","))}"
        ]) { first, _ in first }
        try await RunningServer.run { running async throws in
            for operation in document.operations {
                let path = Self.fill(operation.path)
                let query = operation.path.hasSuffix("/rescaling") ? "?parallelism=8" : ""
                let answer = try await RawRequest.send(
                    operation.method,
                    running.address + path + query,
                    body: bodies["\(operation.method) \(operation.path)"]
                )
                let name = "\(operation.method) \(operation.path)"
                let documented = operation.content["responses"]?[String(answer.status)]
                #expect(documented != nil, "\(name): \(answer.status)")
                #expect((200..<300).contains(answer.status), "\(name): \(answer.text)")
                try Self.check(answer, operation, document, name)
            }
        }
    }

    @Test func `every refusal has the documented form`() async throws {
        let document = try OpenAPIDocument.load()
        try await RunningServer.run { running async throws in
            running.service.state.withLock { $0.failure = .unavailable("no slots") }
            for operation in document.operations where operation.path.hasPrefix("/jobs") {
                let path = Self.fill(operation.path)
                let query = operation.path.hasSuffix("/rescaling") ? "?parallelism=8" : ""
                let answer = try await RawRequest.send(
                    operation.method,
                    running.address + path + query,
                    body: Self.bodies["\(operation.method) \(operation.path)"]
                )
                let name = "\(operation.method) \(operation.path)"
                #expect(answer.status == 503, "\(name): \(answer.text)")
                #expect(answer.text == #"{"errors":["no slots"]}"#)
                try Self.check(answer, operation, document, name)
            }
        }
    }

    private static func fill(_ path: String) -> String {
        path.replacing("{jobid}", with: Samples.jobID)
            .replacing("{vertexid}", with: Samples.totalsID)
            .replacing("{triggerid}", with: Samples.triggerID)
            .replacing("{taskmanagerid}", with: "tm-1")
            .replacing("{subtaskindex}", with: "2")
    }

    private static func check(
        _ answer: RawRequest.Answer,
        _ operation: OpenAPIDocument.Operation,
        _ document: OpenAPIDocument,
        _ name: String
    ) throws {
        let type = (answer.fields.first(name: "content-type") ?? "").prefix { $0 != ";" }
        guard let schema = operation.response(answer.status)?[String(type)]?["schema"] else {
            Issue.record("\(name): \(answer.status) with '\(type)' is not documented")
            return
        }
        guard type == "application/json" else { return }
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
        #expect(document.validator.defects(json, schema) == [], "\(name): \(answer.text)")
    }

    @Test func `the validator finds what is wrong`() throws {
        let validator = try OpenAPIDocument.load().validator
        let schema = JSONValue.object(["$ref": .string("#/components/schemas/JobStatusInfo")])
        let right = JSONValue.object(["status": .string("RUNNING")])
        #expect(validator.defects(right, schema).isEmpty)
        let wrong: [JSONValue] = [
            .object(["status": .string("RUNING")]), .object(["status": .number(1)]),
            .object(["status": .string("RUNNING"), "x": .null]), .object([:]), .array([]),
        ]
        for value in wrong { #expect(validator.defects(value, schema).count == 1, "\(value)") }
    }
}
