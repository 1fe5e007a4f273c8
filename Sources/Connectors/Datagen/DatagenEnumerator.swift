import Core

/// Deals the lanes out: reader *i* of *p* gets those whose index is *i* modulo *p*.
///
/// After a rescale readers give back what they hold, and it is dealt out anew. The state in a
/// checkpoint is the lanes that nobody holds. Each lane is held by one split, was given back by
/// one, or was never dealt out: on restore the furthest report of a lane is the current one.
final class DatagenEnumerator: SplitEnumerator {
    private let rowCount: Int64?
    private let parallelism: Int
    /// How many rows each lane has given that no reader holds.
    private var free: [Int64: Int64] = [:]
    private var nextID = 0

    init(rowCount: Int64?, parallelism: Int) {
        self.rowCount = rowCount
        self.parallelism = parallelism
    }

    func start() {
        for index in 0..<DatagenLimits.lanes { free[index] = 0 }
    }

    func restore(
        state: String,
        held: [SourceSplit],
        finished: [FinishedSplit]
    ) throws(ConnectorError) {
        let parts = state.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let id = Int(parts[0]) else {
            throw ConnectorError(
                blame: .engine,
                "'\(state)' is not a state of the connector 'datagen'."
            )
        }
        nextID = id
        release(try DatagenLanes(String(parts[1])))
        for split in finished {
            release(try DatagenLanes(split.result))
            nextID = max(nextID, (Int(split.id) ?? -1) + 1)
        }
        for split in held {
            for lane in try DatagenLanes(split.position).lanes { free[lane.index] = nil }
            nextID = max(nextID, (Int(split.id) ?? -1) + 1)
        }
    }

    private func release(_ lanes: DatagenLanes) {
        for lane in lanes.lanes { free[lane.index] = max(free[lane.index] ?? 0, lane.round) }
    }

    func nextSplit(forSubtask subtask: Int) -> SplitAssignment {
        var lanes: [DatagenLanes.Lane] = []
        for index in stride(
            from: Int64(subtask),
            to: DatagenLimits.lanes,
            by: Int64.Stride(parallelism)
        ) {
            guard let round = free[index] else { return .wait }
            lanes.append(DatagenLanes.Lane(index: index, round: round))
        }
        let end = rowCount ?? .max
        let hasRows = lanes.contains { $0.nextRow < end }
        guard hasRows else { return .finished }
        for lane in lanes { free[lane.index] = nil }
        let split = DatagenLanes(parallelism: parallelism, lanes: lanes)
        nextID += 1
        return .split(SourceSplit(id: String(nextID - 1), position: split.text))
    }

    func splitFinished(_ split: FinishedSplit) throws(ConnectorError) {
        release(try DatagenLanes(split.result))
    }

    func snapshot(_: CheckpointID) -> String {
        let lanes = free.sorted { $0.key < $1.key }.map {
            DatagenLanes.Lane(index: $0.key, round: $0.value)
        }
        return "\(nextID) \(DatagenLanes(parallelism: parallelism, lanes: lanes).text)"
    }

    func checkpointCompleted(_: CheckpointID) {}

    func close() {}
}
