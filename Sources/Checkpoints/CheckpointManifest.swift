package import Core
package import KeyedState

/// Everything that a checkpoint consists of (DESIGN §8): one object, written last, that makes the
/// checkpoint exist.
package struct CheckpointManifest: Codable, Hashable, Sendable {
    /// What is kept of it and where.
    package enum Kind: String, Codable, Hashable, Sendable {
        /// Shares files with others of its job; deleted when newer ones are complete.
        case checkpoint
        /// Has all files in its own folder; never deleted by us.
        case savepoint
    }

    /// The version of the format that this code writes, and the newest that it reads.
    package static let currentVersion = 1

    package var formatVersion = currentVersion
    package let kind: Kind
    package let jobID: JobID
    package let checkpointID: CheckpointID
    /// The epoch of the leader that wrote it; the newest checkpoint is the one with the highest.
    package let leaderEpoch: UInt64
    package let createdMicroseconds: Int64
    /// The SQL text of the job, or its hash: to tell versions of a job apart.
    package let sqlHash: String
    /// The job graph, as JSON text that only its own module reads.
    package let jobGraph: String
    package let parallelism: Int
    package let maxParallelism: Int
    package let sources: [SourceSnapshot]
    package let sinks: [SinkSnapshot]
    package let operators: [OperatorSnapshot]
    /// Whether event time has ended for its job; nil when it has not.
    ///
    /// The job itself must not read on from there: every row would be late.
    package let isDrained: Bool?

    package init(
        kind: Kind,
        jobID: JobID,
        checkpointID: CheckpointID,
        leaderEpoch: UInt64,
        createdMicroseconds: Int64,
        sqlHash: String,
        jobGraph: String,
        parallelism: Int,
        maxParallelism: Int,
        sources: [SourceSnapshot],
        sinks: [SinkSnapshot],
        operators: [OperatorSnapshot],
        isDrained: Bool = false
    ) {
        self.kind = kind
        self.jobID = jobID
        self.checkpointID = checkpointID
        self.leaderEpoch = leaderEpoch
        self.createdMicroseconds = createdMicroseconds
        self.sqlHash = sqlHash
        self.jobGraph = jobGraph
        self.parallelism = parallelism
        self.maxParallelism = maxParallelism
        self.sources = sources
        self.sinks = sinks
        self.operators = operators
        self.isDrained = isDrained ? true : nil
    }

    /// All files, those shared by several references once for each.
    package var files: [FileReference] {
        operators.flatMap { $0.parts.flatMap { $0.files + [$0.attachment].compactMap(\.self) } }
            + sinks.flatMap { $0.committables.map(\.file) }
    }

    /// The objects that must exist, with their sizes.
    package var objects: [String: Int64] {
        Dictionary(files.map { ($0.key, $0.objectBytes) }) { first, _ in first }
    }

    /// The operator with that uid.
    package func operatorSnapshot(_ uid: OperatorUID) -> OperatorSnapshot? {
        operators.first { $0.uid == uid }
    }
}

/// A split with the position behind the last row of the epoch.
package struct SplitPosition: Codable, Hashable, Sendable {
    package let id: String
    package let position: String

    package init(id: String, position: String) {
        self.id = id
        self.position = position
    }
}

/// A split that has been read to its end, with what its reader reported of it.
package struct SplitResult: Codable, Hashable, Sendable {
    package let id: String
    package let result: String

    package init(id: String, result: String) {
        self.id = id
        self.result = result
    }
}

/// One source of the job: its enumerator, and what the readers held.
package struct SourceSnapshot: Codable, Hashable, Sendable {
    package let uid: OperatorUID
    /// What the enumerator gave; only it reads this.
    package let enumeratorState: String
    /// What each reader held, by subtask.
    package let held: [[SplitPosition]]
    /// Splits that readers had finished and the enumerator was not told of in its state.
    package let finished: [SplitResult]

    package init(
        uid: OperatorUID,
        enumeratorState: String,
        held: [[SplitPosition]],
        finished: [SplitResult]
    ) {
        self.uid = uid
        self.enumeratorState = enumeratorState
        self.held = held
        self.finished = finished
    }
}

/// One sink of the job: what its writers prepared for the epoch.
package struct SinkSnapshot: Codable, Hashable, Sendable {
    /// One prepared transaction of one writer; its bytes lie in the subtask's packed file.
    package struct Committable: Codable, Hashable, Sendable {
        package let subtask: Int
        package let file: FileReference

        package init(subtask: Int, file: FileReference) {
            self.subtask = subtask
            self.file = file
        }
    }

    package let uid: OperatorUID
    package let committables: [Committable]

    package init(uid: OperatorUID, committables: [Committable]) {
        self.uid = uid
        self.committables = committables
    }
}

/// One stateful operator of the job: the schema of its state and the parts of its subtasks.
package struct OperatorSnapshot: Codable, Hashable, Sendable {
    /// What one subtask had.
    package struct Part: Codable, Hashable, Sendable {
        package let subtask: Int
        package let keyGroups: KeyGroupRange
        /// The files of its state database.
        package let files: [FileReference]
        /// Small state beside the keyed one, such as a watermark; only the operator reads it.
        package let attachment: FileReference?

        package init(
            subtask: Int,
            keyGroups: KeyGroupRange,
            files: [FileReference],
            attachment: FileReference? = nil
        ) {
            self.subtask = subtask
            self.keyGroups = keyGroups
            self.files = files
            self.attachment = attachment
        }
    }

    package let uid: OperatorUID
    package let declarations: [StateDeclaration]
    package let parts: [Part]

    package init(uid: OperatorUID, declarations: [StateDeclaration], parts: [Part]) {
        self.uid = uid
        self.declarations = declarations
        self.parts = parts
    }

    /// The parts that a slot with the given key groups restores from.
    package func parts(for keyGroups: KeyGroupRange) -> [Part] {
        parts.filter { $0.keyGroups.overlaps(keyGroups) }
    }
}
