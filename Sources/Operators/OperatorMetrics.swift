import Synchronization

/// Counters of one operator of one subtask; written once a batch, read from any thread.
package final class OperatorMetrics: Sendable {
    private let input = Atomic<Int64>(0)
    private let output = Atomic<Int64>(0)
    private let late = Atomic<Int64>(0)
    private let unmatched = Atomic<Int64>(0)
    private let dropped = Atomic<Int64>(0)

    private let lag = Atomic<Int64>(-1)
    private let eventTime = Atomic<Int64>(.min)
    private let outputEventTime = Atomic<Int64>(.min)
    private let lastRow = Atomic<Int64>(.min)
    private let undecodable = Atomic<Int64>(0)
    private let sent = Atomic<Int64>(0)
    private let state = Atomic<Int64>(-1)

    package init() {}

    /// How far a source is behind the system that it reads; nil if unknown.
    package var lagMicroseconds: Int64? {
        let value = lag.load(ordering: .relaxed)
        return value < 0 ? nil : value
    }

    package func noteLag(microseconds: Int64?) {
        lag.store(microseconds ?? -1, ordering: .relaxed)
    }

    /// The last watermark of all inputs together, in milliseconds; nil before the first.
    package var watermark: Int64? {
        let value = eventTime.load(ordering: .relaxed)
        return value == .min ? nil : value
    }

    package func noteWatermark(_ milliseconds: Int64) {
        eventTime.store(milliseconds, ordering: .relaxed)
    }

    /// The last watermark that was sent on, in milliseconds; nil before the first.
    package var outputWatermark: Int64? {
        let value = outputEventTime.load(ordering: .relaxed)
        return value == .min ? nil : value
    }

    package func noteOutputWatermark(_ milliseconds: Int64) {
        outputEventTime.store(milliseconds, ordering: .relaxed)
    }

    /// When a source last had rows, or began, on the monotonic clock; nil for other operators.
    package var lastRowMicroseconds: Int64? {
        let value = lastRow.load(ordering: .relaxed)
        return value == .min ? nil : value
    }

    package func noteRow(atMicroseconds now: Int64) {
        lastRow.store(now, ordering: .relaxed)
    }

    /// Records of a source that could not be decoded.
    package var undecodableRecords: Int64 { undecodable.load(ordering: .relaxed) }

    package func noteUndecodable(_ records: Int64) {
        undecodable.store(records, ordering: .relaxed)
    }

    /// Rows that a sink's writer has taken.
    package var rowsSent: Int64 { sent.load(ordering: .relaxed) }

    package func countSent(_ rows: Int) {
        sent.wrappingAdd(Int64(rows), ordering: .relaxed)
    }

    /// The memory of keyed state; nil for an operator without any.
    package var stateBytes: Int64? {
        let value = state.load(ordering: .relaxed)
        return value < 0 ? nil : value
    }

    package func noteState(bytes: Int) {
        state.store(Int64(bytes), ordering: .relaxed)
    }

    /// Rows taken in.
    package var rowsIn: Int64 { input.load(ordering: .relaxed) }
    /// Rows sent on.
    package var rowsOut: Int64 { output.load(ordering: .relaxed) }
    /// Rows whose window was over already.
    package var lateRows: Int64 { late.load(ordering: .relaxed) }
    /// Retractions of rows that were never there.
    package var retractionsWithoutRow: Int64 { unmatched.load(ordering: .relaxed) }
    /// Rows dropped because the user asked for it, such as NULL in a NOT NULL column.
    package var droppedRows: Int64 { dropped.load(ordering: .relaxed) }

    package func countIn(_ rows: Int) {
        input.wrappingAdd(Int64(rows), ordering: .relaxed)
    }

    package func countOut(_ rows: Int) {
        output.wrappingAdd(Int64(rows), ordering: .relaxed)
    }

    package func countLate(_ rows: Int) {
        late.wrappingAdd(Int64(rows), ordering: .relaxed)
    }

    package func countRetractionsWithoutRow(_ rows: Int) {
        unmatched.wrappingAdd(Int64(rows), ordering: .relaxed)
    }

    package func countDropped(_ rows: Int) {
        dropped.wrappingAdd(Int64(rows), ordering: .relaxed)
    }
}
