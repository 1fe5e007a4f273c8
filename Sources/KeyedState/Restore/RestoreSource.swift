package import Core

/// The state of one operator in a checkpoint, fetched to local folders: what a store starts from.
package struct RestoreSource: Sendable {
    /// What one former subtask had.
    package struct Part: Sendable {
        /// A folder with the files of its state database; they are linked or copied, not changed.
        package let directory: String
        package let keyGroups: KeyGroupRange
        package let declarations: [StateDeclaration]

        package init(
            directory: String,
            keyGroups: KeyGroupRange,
            declarations: [StateDeclaration]
        ) {
            self.directory = directory
            self.keyGroups = keyGroups
            self.declarations = declarations
        }
    }

    /// The parts whose key groups overlap with those wanted; others are ignored.
    package let parts: [Part]
    package let maxParallelism: Int

    package init(parts: [Part], maxParallelism: Int) {
        self.parts = parts
        self.maxParallelism = maxParallelism
    }
}
