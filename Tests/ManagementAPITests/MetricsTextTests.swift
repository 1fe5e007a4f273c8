import Foundation
import ManagementAPI
import Testing

/// Prometheus' text.
@Suite struct MetricsTextTests {
    @Test func `families are in the order of their names, samples in that of the caller`() {
        let b = Metric("b", "Bees.", .counter)
        let a = Metric("a", "Ants\\and\nmore.")
        let text = MetricsText.write([
            MetricSample(b, 2, [MetricSample.Label("x", "2")]),
            MetricSample(a, 0.5),
            MetricSample(b, 1, [MetricSample.Label("x", "1")]),
        ])
        #expect(
            text == """
                # HELP a Ants\\\\and\\nmore.
                # TYPE a gauge
                a 0.5
                # HELP b Bees.
                # TYPE b counter
                b{x="2"} 2
                b{x="1"} 1

                """
        )
    }

    @Test func `labels are escaped and names made of allowed letters`() {
        let text = MetricsText.write([
            MetricSample(
                Metric("9 lives", "x"),
                .infinity,
                [MetricSample.Label("task-name", "a \"b\"\\\n")]
            )
        ])
        #expect(text.hasSuffix("_9_lives{task_name=\"a \\\"b\\\"\\\\\\n\"} +Inf\n"))
    }

    @Test func `numbers are written as Prometheus reads them`() {
        let metric = Metric("m", "x")
        let lines = MetricsText.write([
            MetricSample(metric, Double.nan), MetricSample(metric, -Double.infinity),
            MetricSample(metric, 1e300), MetricSample(metric, Int64.max / 1024),
        ]).split(separator: "\n").dropFirst(2)
        #expect(
            lines.map { String($0.dropFirst(2)) } == ["NaN", "-Inf", "1e+300", "9007199254740991"]
        )
    }

    @Test func `every metric has a name of its own and Flink's prefix or ours`() {
        let all =
            JobManagerMetrics.all + TaskManagerMetrics.all + ProcessMetrics.all
            + NetworkMetrics.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            let prefixes = ["flink_jobmanager_", "flink_taskmanager_", "apus_", "process_"]
            #expect(prefixes.contains { metric.name.hasPrefix($0) }, "\(metric.name)")
            #expect(metric.help.hasSuffix("."))
        }
    }

    @Test func `OPERATIONS lists every metric with its meaning, and no other`() throws {
        let all =
            ProcessMetrics.all + NetworkMetrics.all + JobManagerMetrics.all
            + TaskManagerMetrics.all
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/OPERATIONS.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        let rest = try #require(text.components(separatedBy: "\n### Metrics\n").dropFirst().first)
        let section = rest.components(separatedBy: "\n## ")[0]
        let given = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(given == all.map { "| `\($0.name)` | \($0.help) |" })
    }
}
