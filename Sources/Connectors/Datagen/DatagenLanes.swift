import Core

/// The rows of a `datagen` table, dealt out in lanes: row *n* is in lane `n % lanes`.
///
/// A split is some lanes, each with the number of rows that it has given. Since a row depends on
/// its number alone, lanes can change hands at any row: nothing is lost or doubled. Written as
/// `parallelism|first,step,count,round;…`.
struct DatagenLanes: Equatable {
    struct Lane: Equatable {
        /// From 0 to below `DatagenLimits.lanes`.
        let index: Int64
        /// How many rows the lane has given.
        var round: Int64

        /// The number of the lane's next row.
        var nextRow: Int64 { round * DatagenLimits.lanes + index }
    }

    /// How many readers the lanes were dealt out to.
    let parallelism: Int
    /// By rising index.
    var lanes: [Lane]

    init(parallelism: Int, lanes: [Lane]) {
        self.parallelism = parallelism
        self.lanes = lanes
    }

    var text: String {
        var runs: [String] = []
        var start = 0
        while start < lanes.count {
            let step = start + 1 < lanes.count ? lanes[start + 1].index - lanes[start].index : 1
            var end = start + 1
            while end < lanes.count, lanes[end].round == lanes[start].round,
                lanes[end].index - lanes[end - 1].index == step
            {
                end += 1
            }
            runs.append("\(lanes[start].index),\(step),\(end - start),\(lanes[start].round)")
            start = end
        }
        return "\(parallelism)|\(runs.joined(separator: ";"))"
    }

    init(_ text: String) throws(ConnectorError) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 2, let parallelism = Int(parts[0]) else { throw Self.malformed(text) }
        var lanes: [Lane] = []
        for run in parts[1].split(separator: ";") {
            let numbers = run.split(separator: ",").compactMap { Int64($0) }
            guard numbers.count == 4, numbers[1] > 0, numbers[2] > 0, numbers[3] >= 0,
                numbers[0] >= 0, numbers[2] <= DatagenLimits.lanes,
                numbers[1] <= DatagenLimits.lanes,
                numbers[0] + numbers[1] * (numbers[2] - 1) < DatagenLimits.lanes
            else { throw Self.malformed(text) }
            for position in 0..<numbers[2] {
                lanes.append(
                    Lane(index: numbers[0] + numbers[1] * position, round: numbers[3])
                )
            }
        }
        self.init(parallelism: parallelism, lanes: lanes)
    }

    private static func malformed(_ text: String) -> ConnectorError {
        ConnectorError(blame: .engine, "'\(text)' is not a position of the connector 'datagen'.")
    }
}

/// Takes rows from all lanes of a reader by rising number.
struct LaneCursor {
    private struct Entry {
        var lane: DatagenLanes.Lane
        let split: String
    }

    private var entries: [Entry] = []
    private var position = 0
    private var round: Int64 = 0

    var laneCount: Int { entries.count }

    mutating func add(_ lanes: [DatagenLanes.Lane], of split: String) {
        entries += lanes.map { Entry(lane: $0, split: split) }
        entries.sort { $0.lane.index < $1.lane.index }
        position = 0
        round = entries.map(\.lane.round).min() ?? 0
    }

    mutating func remove(split: String) {
        entries.removeAll { $0.split == split }
        position = 0
        round = entries.map(\.lane.round).min() ?? 0
    }

    func lanes(of split: String) -> [DatagenLanes.Lane] {
        entries.filter { $0.split == split }.map(\.lane)
    }

    /// Whether no lane has a row below the end.
    func isFinished(below rowCount: Int64?) -> Bool {
        guard let rowCount else { return false }
        return entries.allSatisfy { $0.lane.nextRow >= rowCount }
    }

    /// The numbers of the next rows, at most `limit`; fewer only when all lanes are finished.
    mutating func take(_ limit: Int, below rowCount: Int64?) -> [Int64] {
        var rows: [Int64] = []
        guard !entries.isEmpty else { return rows }
        rows.reserveCapacity(limit)
        while rows.count < limit {
            if position == entries.count {
                position = 0
                round += 1
            }
            if entries[position].lane.round == round {
                let row = entries[position].lane.nextRow
                if let rowCount, row >= rowCount { break }
                rows.append(row)
                entries[position].lane.round += 1
            }
            position += 1
        }
        return rows
    }
}
