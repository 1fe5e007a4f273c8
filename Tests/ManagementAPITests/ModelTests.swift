import Core
import ManagementAPI
import Testing

/// The small rules of the types.
@Suite struct ModelTests {
    @Test func `the id of a vertex is made of its uid alone`() {
        let id = VertexID.text(of: OperatorUID("agg-1"))
        #expect(id.count == 32)
        #expect(id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        #expect(id == VertexID.text(of: OperatorUID("agg-1")))
        #expect(id != VertexID.text(of: OperatorUID("agg-2")))
    }

    @Test func `a vertex has the status that most needs attention`() {
        #expect(TaskStatus.aggregate([.running, .failed, .finished]) == .failed)
        #expect(TaskStatus.aggregate([.running, .finished]) == .running)
        #expect(TaskStatus.aggregate([.finished, .finished]) == .finished)
        #expect(TaskStatus.aggregate([]) == .created)
    }

    @Test func `subtasks are counted in both forms`() {
        let counts = TaskCounts([.running, .running, .finished])
        #expect(counts.upperCased["RUNNING"] == 2)
        #expect(counts.upperCased["FAILED"] == 0)
        #expect(counts.lowerCasedWithTotal["finished"] == 1)
        #expect(counts.lowerCasedWithTotal["total"] == 3)
    }

    @Test func `summaries have percentiles between the values`() {
        let summary = StatisticsSummary([4, 1, 3, 2])
        #expect(summary.min == 1)
        #expect(summary.max == 4)
        #expect(summary.avg == 2)
        #expect(summary.p50 == 2.5)
        #expect(summary.p99 == 4)
        #expect(StatisticsSummary([]).max == 0)
        #expect(StatisticsSummary([7]).p50 == 7)
    }

    @Test func `back-pressure has Flink's bounds`() {
        #expect(BackPressureLevel(ratio: 0.1) == .ok)
        #expect(BackPressureLevel(ratio: 0.5) == .low)
        #expect(BackPressureLevel(ratio: 0.51) == .high)
    }

    @Test func `moments are written in UTC`() {
        #expect(TimestampText.iso(milliseconds: 0) == "1970-01-01T00:00:00.000Z")
        #expect(TimestampText.iso(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
        #expect(TimestampText.iso(milliseconds: 951_827_696_789) == "2000-02-29T12:34:56.789Z")
        #expect(TimestampText.iso(milliseconds: 1_795_262_400_000) == "2026-11-21T12:00:00.000Z")
    }
}
