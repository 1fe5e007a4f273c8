import ClusterKit
import Foundation
import ManagementKit
import TestKit
import Testing

/// Every path of docs/openapi.json that only asks, on a cluster with a job that runs.
@Suite(.serialized) struct ClusterRESTTests {
    private static let slots = 3

    /// Two stages: readers with watermarks, and windows by key.
    private func script(_ cluster: TestCluster) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE numbers (
          n BIGINT, k AS MOD(n, 100), ts AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR ts AS ts
        ) WITH (
          'connector' = 'datagen', 'rows-per-second' = '3000',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
        CREATE TABLE seconds (k BIGINT, start_at TIMESTAMP_LTZ(3), rows_seen BIGINT) WITH (
          'connector' = 'filesystem', 'path' = '\(cluster.folder)/seconds', 'format' = 'json');
        INSERT INTO seconds
        SELECT k, window_start, COUNT(*)
        FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' SECOND))
        GROUP BY k, window_start, window_end;
        """
    }

    /// A job that has lost a task manager, has been rescaled and has a savepoint behind it.
    private struct RunningJob {
        let cluster: TestCluster
        let id: String
        let rescaling: String
        let savepoint: String
        let vertices: [String]
        let taskManagers: [String]

        init(_ cluster: TestCluster, script: String) throws {
            self.cluster = cluster
            let file = try cluster.write("seconds.sql", script)
            let (exit, text) = try cluster.jobctl(
                ["submit", file, "--name", "seconds", "--parallelism", "4"]
            )
            guard exit == 0 else { throw WatchedProcess.Failure(description: text) }
            try cluster.wait(["checkpoints", "seconds"], for: "COMPLETED")
            try cluster.killTaskManager("tm0")
            try cluster.startTaskManager("tm0")
            try cluster.waitForSlots(4)
            try cluster.wait(["status", "seconds"], for: "RUNNING")
            let list = try Answer(cluster, "/jobs")
            id = try #require(list.json["jobs"]?.elements.first?["id"]?.text, "\(list.text)")
            rescaling = try Self.change(
                cluster,
                "/jobs/\(id)/rescaling",
                "?parallelism=\(slots)",
                ["-X", "PATCH"]
            )
            savepoint = try Self.change(
                cluster,
                "/jobs/\(id)/savepoints",
                "",
                ["-d", #"{"target-directory": "\#(cluster.folder)/savepoints"}"#]
            )
            let job = try Answer(cluster, "/jobs/\(id)")
            vertices = (job.json["vertices"]?.elements ?? []).compactMap { $0["id"]?.text }
            let managers = try Answer(cluster, "/taskmanagers")
            taskManagers = (managers.json["taskmanagers"]?.elements ?? []).compactMap {
                $0["id"]?.text
            }
        }

        /// Asks for a change and waits until it is made; returns its trigger id.
        private static func change(
            _ cluster: TestCluster,
            _ path: String,
            _ query: String,
            _ flags: [String]
        ) throws -> String {
            let asked = try Answer(cluster, path + query, flags)
            let trigger = try #require(asked.json["request-id"]?.text, "\(asked.text)")
            let done = try Answer(cluster, "\(path)/\(trigger)") {
                $0.text.contains("COMPLETED")
            }
            #expect(!done.text.contains("failure-cause"), "\(done.text)\n\(cluster.log)")
            return trigger
        }

        /// A documented path with everything there is in the place of its parameters.
        func paths(_ path: String) -> [String] {
            let values = [
                "jobid": [id], "vertexid": vertices, "taskmanagerid": taskManagers,
                "subtaskindex": (0..<slots).map(String.init),
                "triggerid": [path.contains("/rescaling/") ? rescaling : savepoint],
            ]
            return values.reduce([path]) { paths, parameter in
                paths.flatMap { path in
                    guard path.contains("{\(parameter.key)}") else { return [path] }
                    return parameter.value.map {
                        path.replacing("{\(parameter.key)}", with: $0)
                    }
                }
            }
        }
    }

    /// What came back.
    private struct Answer {
        let status: Int
        let type: String
        let text: String

        init(_ cluster: TestCluster, _ path: String, _ flags: [String] = []) throws {
            let all = try cluster.http(
                path,
                flags: flags + ["-w", "\n%{http_code} %{content_type}"]
            )
            let end = all.lastIndex(of: "\n") ?? all.startIndex
            let words = all[end...].dropFirst().split(separator: " ")
            status = words.first.flatMap { Int($0) } ?? 0
            type = words.dropFirst().first.map { String($0.prefix { $0 != ";" }) } ?? ""
            text = String(all[..<end])
        }

        /// Asks until the answer is as wanted, at most 30 seconds; the last one.
        init(_ cluster: TestCluster, _ path: String, until isWanted: (Answer) -> Bool) throws {
            var answer = try Answer(cluster, path)
            for _ in 0..<300 where !isWanted(answer) {
                usleep(100_000)
                answer = try Answer(cluster, path)
            }
            self = answer
        }

        /// The answer's JSON; null when it is none.
        var json: JSONValue {
            (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .null
        }
    }

    @Test func `every path tells of a job that runs, in the documented form`() throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        let job = try RunningJob(cluster, script: script(cluster))
        #expect(job.vertices.count >= 2)
        #expect(job.taskManagers.count == 2)
        try checkVertices(job)
        let document = try OpenAPIDocument.load()
        let operations = document.operations.filter { $0.method == "GET" }
        #expect(operations.count >= 24)
        for operation in operations {
            for path in job.paths(operation.path) {
                #expect(!path.contains("{"), "what to put into \(path)?")
                let answer = try Answer(cluster, path)
                #expect(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
                guard let schema = operation.response(200)?[answer.type]?["schema"] else {
                    Issue.record("\(path): '\(answer.type)' is not documented")
                    continue
                }
                if answer.type == "application/json" {
                    let defects = document.validator.defects(answer.json, schema)
                    #expect(defects == [], "\(path): \(answer.text)")
                } else {
                    #expect(!answer.text.isEmpty, "\(path)")
                }
            }
        }
        try checkContents(job)
    }

    /// Each vertex has figures of each subtask once the job has run for a moment.
    private func checkVertices(_ job: RunningJob) throws {
        let plan = try Answer(job.cluster, "/jobs/\(job.id)/plan").json["plan"]
        let nodes = plan?["nodes"]?.elements ?? []
        #expect(nodes.compactMap { $0["id"]?.text } == job.vertices)
        #expect(plan?["name"]?.text == "seconds")
        let inputs = nodes.flatMap { $0["inputs"]?.elements ?? [] }
        #expect(inputs.contains { $0["ship_strategy"]?.text == "HASH" }, "\(inputs)")
        for node in nodes {
            let path = "/jobs/\(job.id)/vertices/\(node["id"]?.text ?? "")"
            let pressure = try Answer(job.cluster, "\(path)/backpressure") {
                $0.json["status"]?.text == "ok"
            }
            #expect(pressure.json["subtasks"]?.elements.count == Self.slots, "\(pressure.text)")
            let subtasks = try Answer(job.cluster, "\(path)/subtasks")
            #expect(subtasks.json["subtasks"]?.elements.count == Self.slots, "\(subtasks.text)")
            // Event time begins inside the readers' vertex.
            if node["inputs"]?.elements.isEmpty != false { continue }
            let watermarks = try Answer(job.cluster, "\(path)/watermarks") {
                $0.json.elements.count == Self.slots
            }
            #expect(watermarks.json.elements.count == Self.slots, "\(watermarks.text)")
        }
    }

    /// What only this run can have made.
    private func checkContents(_ job: RunningJob) throws {
        let cluster = job.cluster
        let configuration = try Answer(cluster, "/config").json
        #expect(configuration["flink-version"]?.text?.isEmpty == false)
        #expect(configuration["features"]?["web-submit"] == .bool(true))
        let exceptions = try Answer(cluster, "/jobs/\(job.id)/exceptions")
        #expect(exceptions.json["root-exception"]?.text?.contains("tm0") == true, "\(exceptions)")
        let history = exceptions.json["exceptionHistory"]?["entries"]?.elements
        #expect(history?.isEmpty == false, "\(exceptions)")
        let checkpoints = try Answer(cluster, "/jobs/\(job.id)/checkpoints")
        let savepoint = checkpoints.json["latest"]?["savepoint"]?["external_path"]?.text
        #expect(savepoint?.contains("\(cluster.folder)/savepoints/") == true, "\(checkpoints)")
        let requirements = try Answer(cluster, "/jobs/\(job.id)/resource-requirements").json
        #expect(Set(requirements.members.keys) == Set(job.vertices))
        for id in job.taskManagers {
            let (exit, text) = try cluster.jobctl(["logs", "--taskmanager", id])
            #expect(exit == 0, "\(text)")
            #expect(text.contains("Registered with the job manager"), "\(text)")
        }
        let leader = try cluster.jobctl(["logs"])
        #expect(leader.text.contains("Leads the cluster in epoch 1"), "\(leader.text)")
    }
}
