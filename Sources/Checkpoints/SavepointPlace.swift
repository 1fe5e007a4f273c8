/// Where a savepoint is written, known to everyone who takes part in it.
package struct SavepointPlace: Hashable, Sendable, Codable {
    /// The store, as a person names it: `s3://bucket/prefix`, `file:///path`; nil for that of the
    /// checkpoints.
    package let location: String?
    /// Becomes part of the name of its folder.
    package let id: String

    package init(location: String?, id: String) {
        self.location = location
        self.id = id
    }
}
