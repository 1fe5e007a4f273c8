import Core
import Dataflow
import ManagementAPI
import Operators
import Telemetry
import Testing

/// What a process tells of its subtasks.
@Suite struct TaskSamplesTests {
    private let sample = SampleTask()
    private let readings = TaskReadings()

    private func read() {
        readings.note(at: sample.time.monotonicMicroseconds) { [sample.task] }
    }

    private func samples() -> [MetricSample] {
        TaskSamples(readings, [MetricSample.Label("tm_id", "here")], sample.time)
            .all([sample.task], stateBytes: 5000)
    }

    /// The values of a metric in the order of stages.
    private func values(_ metric: Metric) -> [Double] {
        samples().filter { $0.metric == metric }.map(\.value)
    }

    private func stage(_ number: Int) throws -> StageMetrics {
        try #require(sample.task.stageMetrics[0])[number]
    }

    private func node(_ number: Int) throws -> OperatorMetrics {
        try #require(sample.task.metrics[0])[number]
    }

    @Test func `rates are those between the last two readings`() throws {
        read()
        #expect(values(TaskManagerMetrics.recordsInPerSecond).isEmpty)
        try node(0).countIn(100)
        sample.time.advance(byMicroseconds: 400_000)
        // Too early for another reading.
        read()
        #expect(values(TaskManagerMetrics.recordsInPerSecond).isEmpty)
        try node(0).countIn(400)
        try node(1).countOut(50)
        try stage(0).noteBusy(microseconds: 500_000)
        try stage(0).noteBackPressured(microseconds: 200_000)
        sample.time.advance(byMicroseconds: 1_600_000)
        read()
        #expect(values(TaskManagerMetrics.recordsInPerSecond) == [250, 0])
        #expect(values(TaskManagerMetrics.recordsOutPerSecond) == [0, 25])
        #expect(values(TaskManagerMetrics.busyTime) == [250, 0])
        #expect(values(TaskManagerMetrics.backPressuredTime) == [100, 0])
        #expect(values(TaskManagerMetrics.idleTime) == [650, 1000])
        #expect(values(TaskManagerMetrics.isBackPressured) == [0, 0])
        #expect(values(TaskManagerMetrics.recordsIn) == [500, 0])
    }

    @Test func `a wait for room that does not end is back-pressure, not idleness`() throws {
        try stage(1).noteStart(at: sample.time.monotonicMicroseconds)
        read()
        try stage(1).beginBackPressured(at: sample.time.monotonicMicroseconds)
        for _ in 0..<3 {
            sample.time.advance(byMicroseconds: 1_000_000)
            read()
            #expect(values(TaskManagerMetrics.backPressuredTime) == [0, 1000])
            #expect(values(TaskManagerMetrics.idleTime) == [1000, 0])
            #expect(values(TaskManagerMetrics.isBackPressured) == [0, 1])
        }
        try stage(1).noteBackPressured(microseconds: 3_000_000)
        #expect(values(TaskManagerMetrics.accumulatedBackPressuredTime) == [0, 3000])
        #expect(values(TaskManagerMetrics.accumulatedIdleTime) == [0])
    }

    @Test func `what is not known is left out`() throws {
        for metric in [
            TaskManagerMetrics.inputWatermark, TaskManagerMetrics.outputWatermark,
            TaskManagerMetrics.checkpointAlignmentTime, TaskManagerMetrics.stateBytes,
            TaskManagerMetrics.sourceIdleTime, TaskManagerMetrics.accumulatedIdleTime,
        ] {
            #expect(values(metric).isEmpty, "\(metric.name)")
        }
        try stage(1).noteAlignment(microseconds: 12)
        try node(0).noteRow(atMicroseconds: 900_000)
        try node(1).noteState(bytes: 300)
        try node(1).noteOutputWatermark(77)
        #expect(values(TaskManagerMetrics.checkpointAlignmentTime) == [12_000])
        #expect(values(TaskManagerMetrics.sourceIdleTime) == [100])
        #expect(values(TaskManagerMetrics.stateBytes) == [300])
        #expect(values(TaskManagerMetrics.outputWatermark) == [77])
        #expect(values(TaskManagerMetrics.managedMemoryUsed) == [300])
        #expect(values(TaskManagerMetrics.managedMemoryTotal) == [5000])
    }

    @Test func `every program tells of its process`() {
        let samples = ProcessMetrics.samples(version: "1", startedMicroseconds: 2_500_000)
        #expect(Set(samples.map(\.metric)) == Set(ProcessMetrics.all))
        let files = samples.first { $0.metric == ProcessMetrics.openFiles }?.value ?? 0
        #expect(files >= 3)
        #expect(samples.first { $0.metric == ProcessMetrics.startTime }?.value == 2.5)
    }
}
