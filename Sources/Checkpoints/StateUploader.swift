package import Core
package import KeyedState
package import ObjectStore

/// Brings the files of one operator's state in one slot into the store: tables once, the small
/// files into the subtask's packed one.
///
/// Belongs to the persister thread. A failure fails the checkpoint only: what was uploaded by then
/// is remembered and not uploaded again.
package final class StateUploader {
    private let layout: CheckpointLayout
    private let uid: OperatorUID
    private let subtask: Int
    private let leaderEpoch: UInt64
    /// The tables in the store, by their local name.
    private var uploaded: [String: FileReference]

    /// - Parameters:
    ///   - layout: the names of the job's objects.
    ///   - uid: the operator.
    ///   - subtask: its slot.
    ///   - leaderEpoch: of the leader under which the job runs.
    ///   - adopted: the files of the checkpoint that the state was adopted from as they are
    ///     (same key groups, same schema); empty after a fresh start or any other restore.
    package init(
        layout: CheckpointLayout,
        uid: OperatorUID,
        subtask: Int,
        leaderEpoch: UInt64,
        adopted: [FileReference] = []
    ) {
        self.layout = layout
        self.uid = uid
        self.subtask = subtask
        self.leaderEpoch = leaderEpoch
        let tables = adopted.filter { !$0.isSlice && $0.key.hasPrefix("shared/") }
        uploaded = Dictionary(tables.map { ($0.name, $0) }) { first, _ in first }
    }

    /// What a snapshot became.
    package struct Upload: Sendable {
        /// The tables.
        package let tables: [FileReference]
        /// Places of the small files in the packed file.
        package let packed: [Int]
        /// How many bytes of tables had to be uploaded now.
        package let newBytes: Int64

        /// All files, once the packed file has been written.
        package func files(_ references: [FileReference]) -> [FileReference] {
            tables + packed.map { references[$0] }
        }
    }

    /// Uploads what the store does not have yet.
    ///
    /// - Parameters:
    ///   - files: a snapshot of the state database.
    ///   - target: the checkpoint or savepoint.
    ///   - store: where to; all checkpoints of a job go to one store.
    ///   - pack: takes the small files.
    /// - Returns: the result.
    /// - Throws: when the store fails.
    package func upload(
        _ files: [LocalFile],
        for target: CheckpointTarget,
        in store: any ObjectStore,
        into pack: inout PackedFile
    ) throws(CheckpointError) -> Upload {
        var tables: [FileReference] = []
        var packed: [Int] = []
        var newBytes: Int64 = 0
        for file in files {
            if !file.isTable {
                packed.append(pack.add(name: file.name, try content(file)))
                continue
            }
            if target.kind == .checkpoint, let known = uploaded[file.name] {
                tables.append(known)
                continue
            }
            let reference = try uploadTable(file, target, store)
            newBytes += file.bytes
            tables.append(reference)
            if target.kind == .checkpoint { uploaded[file.name] = reference }
        }
        if target.kind == .checkpoint {
            let names = Set(files.map(\.name))
            uploaded = uploaded.filter { names.contains($0.key) }
        }
        return Upload(tables: tables, packed: packed, newBytes: newBytes)
    }

    private func content(_ file: LocalFile) throws(CheckpointError) -> [UInt8] {
        do {
            return try LocalFiles.read(file.path)
        } catch {
            throw CheckpointError(.failed, "the state of '\(uid)' could not be read: \(error)")
        }
    }

    private func uploadTable(
        _ file: LocalFile,
        _ target: CheckpointTarget,
        _ store: any ObjectStore
    ) throws(CheckpointError) -> FileReference {
        let name = CheckpointLayout.sharedName(
            checkpoint: target.checkpointID,
            leaderEpoch: leaderEpoch,
            uid: uid,
            subtask: subtask,
            file: file.name
        )
        let key = target.tableKey(name)
        let checksum: UInt32
        do {
            // Working state is not synchronised: what the disk refused must show before it is read.
            try FileDescriptor(file.path, .read).synchronize()
            checksum = try uploaded[file.name]?.checksum ?? ChecksumText.ofFile(file.path)
        } catch {
            throw CheckpointError(.failed, "the state of '\(uid)' could not be read: \(error)")
        }
        do {
            try store.putFile(target.base(layout) + key, fromPath: file.path)
        } catch {
            throw CheckpointError("the state of '\(uid)' could not be uploaded", error)
        }
        return FileReference(name: file.name, key: key, bytes: file.bytes, checksum: checksum)
    }
}
