package import Checkpoints

/// A savepoint that somebody asked for.
package struct SavepointRequest: Hashable, Sendable, Codable {
    /// What becomes of the job.
    package enum Ending: String, Hashable, Sendable, Codable {
        /// It goes on; nothing is committed, since a restart does not use the savepoint.
        case goesOn
        /// It ends with the savepoint, without firing what waits for event time.
        case stops
        /// It ends as if its input had: windows fire, then the savepoint is taken.
        case drains
    }

    /// Where it goes; the id names it.
    package let place: SavepointPlace
    package let ending: Ending

    package init(place: SavepointPlace, ending: Ending) {
        self.place = place
        self.ending = ending
    }
}
