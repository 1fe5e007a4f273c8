/// How many subtasks a vertex should have: `GET` and `PUT /jobs/:jobid/resource-requirements`, by
/// vertex id (Flink's JobVertexResourceRequirements).
package struct ResourceRequirements: Codable, Hashable, Sendable {
    /// The bounds; the upper one counts here.
    package var parallelism: Bounds

    package init(
        parallelism: Bounds
    ) {
        self.parallelism = parallelism
    }

    /// How few and how many subtasks.
    package struct Bounds: Codable, Hashable, Sendable {
        package var lowerBound: Int
        package var upperBound: Int

        package init(lowerBound: Int, upperBound: Int) {
            self.lowerBound = lowerBound
            self.upperBound = upperBound
        }
    }
}
