/// How far a table's chunks are: cut, read, finished.
struct TableProgress: Hashable, Sendable, Codable {
    /// `CapturedTable.id`.
    let table: String
    let keys: [KeyColumn]
    /// The number of the next chunk to cut.
    var nextIndex = 0
    /// Its lower end; nil for the first one.
    var nextLower: [String]?
    /// Whether the last chunk has been cut.
    var isCut = false
    var finished: [ChunkResult] = []

    init(table: String, keys: [KeyColumn]) {
        self.table = table
        self.keys = keys
    }

    var isFinished: Bool { isCut && finished.count == nextIndex }

    /// The pieces of all chunks in key order.
    var seam: TableSeam {
        TableSeam(
            keys: keys,
            pieces: finished.sorted { $0.index < $1.index }.flatMap(\.pieces)
        )
    }

    /// The rows of the next chunk: the size doubles after every so many chunks.
    func chunkRows(_ configured: Int) -> Int {
        var rows = configured
        for _ in 0..<(nextIndex / CaptureLimits.chunksBeforeDoubling) {
            rows = min(rows * 2, max(configured, CaptureLimits.chunkRowsMax))
        }
        return rows
    }
}

/// What the enumerator keeps in a checkpoint.
struct EnumeratorState: Hashable, Sendable, Codable {
    /// ```
    /// reading ─all chunks finished─▶ settling ─checkpoint─▶ streaming
    ///    └──────── (scan.startup.mode = snapshot) ─────────▶ done
    /// ```
    enum Phase: String, Sendable, Codable {
        case reading
        /// All rows are read; the stream waits until they are through the job.
        case settling
        case streaming
        case done
    }

    var phase: Phase
    let slot: String
    let publication: String
    let start: LSN
    var seamEnd: LSN?
    var tables: [TableProgress]
    /// Chunks that are cut and not finished, handed out or not.
    var unfinished: [ChunkSplit]
    var isStreamHandedOut: Bool
    let columnTypes: [String: [String: String]]
    /// The place of each table in the publication, when the job began.
    let memberships: [String: Membership]?
}

extension EnumeratorState {
    /// Fits the state to the splits that readers hold or had finished at the checkpoint, which
    /// may be newer than the state: each chunk is known once, and none is missing.
    ///
    /// - Returns: the chunks that nobody holds.
    mutating func reconcile(
        held: [ChunkSplit],
        finished: [ChunkResult]
    ) -> [ChunkSplit] {
        for result in finished { finish(result) }
        for split in held { unfinished.removeAll { $0.id == split.id } }
        let free = unfinished
        unfinished.append(contentsOf: held)
        return free + tables.indices.flatMap { fillGaps($0) }
    }

    /// Notes a finished chunk; a repeated one changes nothing.
    mutating func finish(_ result: ChunkResult) {
        guard let place = tables.firstIndex(where: { $0.table == result.table }) else { return }
        unfinished.removeAll { $0.table == result.table && $0.index == result.index }
        if tables[place].finished.contains(where: { $0.index == result.index }) { return }
        tables[place].finished.append(result)
    }

    /// Chunks that were cut after the state was taken: those that a reader has seen are known by
    /// their ends; what lies between known chunks is cut again.
    private mutating func fillGaps(_ place: Int) -> [ChunkSplit] {
        let progress = tables[place]
        var known: [(index: Int, lower: [String]?, upper: [String]?)] = []
        known += progress.finished.map { ($0.index, $0.lower, $0.upper) }
        known += unfinished.filter { $0.table == progress.table }
            .map { ($0.index, $0.lower, $0.upper) }
        known = known.filter { $0.index >= progress.nextIndex }.sorted { $0.index < $1.index }
        var gaps: [ChunkSplit] = []
        for chunk in known {
            if chunk.index > tables[place].nextIndex {
                gaps.append(
                    ChunkSplit(
                        table: progress.table,
                        index: tables[place].nextIndex,
                        keys: progress.keys,
                        lower: tables[place].nextLower,
                        upper: chunk.lower
                    )
                )
                // One wide chunk stands for all the missing ones: their numbers are spent.
                for index in tables[place].nextIndex + 1..<chunk.index {
                    tables[place].finished.append(
                        ChunkResult(
                            table: progress.table,
                            index: index,
                            lower: chunk.lower,
                            upper: chunk.lower,
                            pieces: []
                        )
                    )
                }
            }
            tables[place].nextIndex = chunk.index + 1
            tables[place].nextLower = chunk.upper
            tables[place].isCut = chunk.upper == nil
        }
        unfinished.append(contentsOf: gaps)
        return gaps
    }
}
