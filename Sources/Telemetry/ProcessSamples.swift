package import ManagementAPI
import Threads

extension ProcessMetrics {
    /// What every program tells of itself.
    package static func samples(
        version: String,
        startedMicroseconds: Int64
    ) -> [MetricSample] {
        var samples = [
            MetricSample(residentMemory, ProcessFacts.residentBytes),
            MetricSample(cpu, Double(ProcessFacts.cpuMicroseconds) / 1_000_000),
            MetricSample(startTime, Double(startedMicroseconds) / 1_000_000),
            MetricSample(build, 1 as Int64, [MetricSample.Label("version", version)]),
        ]
        if let count = ProcessFacts.openFiles { samples.append(MetricSample(openFiles, count)) }
        return samples
    }
}
