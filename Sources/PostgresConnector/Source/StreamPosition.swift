/// How far the changes of the stream have been delivered: all changes of transactions committed
/// before `commit`, and the first `changes` of the one committed there.
package struct StreamPoint: Hashable, Sendable, Comparable, Codable {
    package var commit: LSN
    package var changes: Int

    package init(commit: LSN, changes: Int) {
        self.commit = commit
        self.changes = changes
    }

    package static func < (left: StreamPoint, right: StreamPoint) -> Bool {
        (left.commit, left.changes) < (right.commit, right.changes)
    }
}

/// What the stream's start needs to know of a table that was read before.
struct TableSeam: Hashable, Sendable, Codable {
    let keys: [KeyColumn]
    let pieces: [ChunkPiece]
}

/// The position of the split that is the replication stream.
struct StreamPosition: Hashable, Sendable, Codable {
    static let splitID = "stream"

    let slot: String
    let publication: String
    /// Where the server has to start: the end of the last transaction delivered whole.
    ///
    /// What a completed checkpoint holds here is what the server may forget.
    var start: LSN
    /// What of the transactions behind `start` is delivered already.
    var delivered: StreamPoint
    /// Outputs that are further than that: a batch of theirs was handed over, and another
    /// output's batch of the same stretch was not yet.
    var ahead: [String: StreamPoint]
    /// Where the snapshots end that the changes have to be fitted to; nil once it is passed.
    var seamEnd: LSN?
    /// By output; empty once the seam is passed.
    var seams: [String: TableSeam]
    /// The types of the columns that are read, by output and column; what the job began with.
    var columnTypes: [String: [String: String]]
    /// The place of each output's table in the publication.
    let memberships: [String: Membership]?

    init(
        slot: String,
        publication: String,
        start: LSN,
        seamEnd: LSN?,
        seams: [String: TableSeam],
        columnTypes: [String: [String: String]],
        memberships: [String: Membership]?
    ) {
        self.slot = slot
        self.publication = publication
        self.start = start
        delivered = StreamPoint(commit: LSN(0), changes: 0)
        ahead = [:]
        self.seamEnd = seamEnd
        self.seams = seams
        self.columnTypes = columnTypes
        self.memberships = memberships
    }
}
