import Core
package import ManagementAPI

// The job of the samples.
extension Samples {
    package static let sourceID = VertexID.text(of: OperatorUID("src-1"))
    package static let totalsID = VertexID.text(of: OperatorUID("agg-1"))
    package static let sinkID = VertexID.text(of: OperatorUID("sink-1"))

    package static let job = job(id: jobID, name: "orders")

    /// A running job of that name.
    package static func job(
        id: String,
        name: String,
        state: JobStatus = .running,
        startTime: Int64 = now - 7_980_000
    ) -> JobDetails {
        let vertices = [
            vertex(sourceID, "Source orders", "src-1", rows: (0, 120_000), lag: 1200),
            vertex(totalsID, "GroupAggregate key=[item]", "agg-1", rows: (120_000, 900), lag: 1500),
            vertex(sinkID, "Sink totals", "sink-1", rows: (900, 0), lag: nil),
        ]
        return JobDetails(
            id: id,
            name: name,
            state: state,
            startTime: startTime,
            endTime: state.isTerminal ? now : -1,
            durationMilliseconds: now - startTime,
            maxParallelism: 128,
            now: now,
            timestamps: ["CREATED": startTime, "RUNNING": startTime + 200, "FINISHED": 0],
            vertices: vertices,
            statusCounts: TaskCounts(vertices.map(\.status)).upperCased,
            plan: plan(id, name),
            parallelism: 4,
            restarts: 1,
            slots: (0..<4).map { slot in
                SlotAssignment(
                    slot: slot,
                    taskManagerID: slot < 2 ? "tm-1" : "tm-2",
                    endpoint: slot < 2 ? "10.0.0.3:40312" : "10.0.0.4:40312",
                    firstKeyGroup: slot * 32,
                    lastKeyGroup: slot * 32 + 31,
                    status: .running
                )
            },
            stalls: ["Sink totals (subtask 1): 'db' has not answered for 12 s"]
        )
    }

    private static func vertex(
        _ id: String,
        _ name: String,
        _ uid: String,
        rows: (in: Int64, out: Int64),
        lag: Int64?
    ) -> JobVertex {
        JobVertex(
            id: id,
            name: name,
            maxParallelism: 128,
            parallelism: 4,
            status: .running,
            startTime: now - 7_979_000,
            durationMilliseconds: 7_979_000,
            tasks: TaskCounts([.running, .running, .running, .running]).upperCased,
            metrics: IOMetrics(
                readRecords: rows.in,
                writeRecords: rows.out,
                accumulatedBusyMilliseconds: 12.5,
                readRecordsPerSecond: Double(rows.in) / 100,
                writeRecordsPerSecond: Double(rows.out) / 100
            ),
            uid: uid,
            watermark: lag.map { now - $0 },
            busyRatio: 0.3,
            backPressuredRatio: 0.62,
            idleRatio: 0.08
        )
    }

    private static func plan(_ id: String, _ name: String) -> JobPlan {
        func node(_ id: String, _ kind: String, from input: String?) -> JobPlanNode {
            JobPlanNode(
                id: id,
                parallelism: 4,
                operator: kind,
                description: kind,
                inputs: input.map { [JobPlanInput(number: 0, id: $0, shipStrategy: "HASH")] }
            )
        }
        return JobPlan(
            id: id,
            name: name,
            nodes: [
                node(sourceID, "Source", from: nil),
                node(totalsID, "GroupAggregate", from: sourceID),
                node(sinkID, "Sink", from: totalsID),
            ]
        )
    }

    package static func summary(_ job: JobDetails) -> JobSummary {
        JobSummary(
            id: job.id,
            name: job.name,
            startTime: job.startTime,
            endTime: job.endTime,
            durationMilliseconds: job.durationMilliseconds,
            state: job.state,
            lastModification: job.startTime + 200,
            tasks: TaskCounts(Array(repeating: TaskStatus.running, count: 12)).lowerCasedWithTotal
        )
    }

    package static func details(_ vertex: JobVertex) -> VertexDetails {
        VertexDetails(
            id: vertex.id,
            name: vertex.name,
            parallelism: vertex.parallelism,
            maxParallelism: vertex.maxParallelism,
            now: now,
            subtasks: (0..<vertex.parallelism).map { subtask in
                SubtaskDetails(
                    subtask: subtask,
                    status: .running,
                    attempt: 1,
                    endpoint: "10.0.0.3:40312",
                    startTime: vertex.startTime,
                    durationMilliseconds: vertex.durationMilliseconds,
                    metrics: vertex.metrics,
                    taskManagerID: "tm-1",
                    statusDurations: ["RUNNING": vertex.durationMilliseconds, "FAILED": -1],
                    watermark: vertex.watermark
                )
            }
        )
    }
}
