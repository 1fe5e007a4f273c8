package import Core
import FoundationEssentials
package import KeyedState
package import ObjectStore

/// Finds checkpoints, checks them and fetches their files.
package struct CheckpointReader: Sendable {
    private let store: any ObjectStore
    private let verifiedInMemoryBytes: Int64

    /// - Parameters:
    ///   - store: where the checkpoints are.
    ///   - verifiedInMemoryBytes: how large a file may be that is read whole to be checked.
    package init(
        store: any ObjectStore,
        verifiedInMemoryBytes: Int64 = CheckpointLimits.verifiedInMemoryBytes
    ) {
        self.store = store
        self.verifiedInMemoryBytes = verifiedInMemoryBytes
    }

    /// A checkpoint whose manifest has been read.
    package struct Found: Sendable {
        package let manifest: CheckpointManifest
        /// The key of the manifest.
        package let name: String
        /// What the keys in the manifest are relative to.
        package let base: String
    }

    /// How much is looked at.
    package enum Depth: Sendable {
        /// That every file exists with its size.
        case sizes
        /// That every byte is what was written.
        case checksums
    }

    /// Chooses a checkpoint of a job and reads its manifest.
    ///
    /// - Parameters:
    ///   - layout: the job.
    ///   - request: what is asked for; a path is the key of a manifest or of its folder.
    ///   - depth: how much is checked of each candidate.
    /// - Returns: the checkpoint, nil to start afresh, and what to tell people.
    /// - Throws: when the store fails.
    package func choose(
        _ layout: CheckpointLayout,
        _ request: RecoveryDecision.Request,
        depth: Depth = .sizes
    ) throws(CheckpointError) -> (found: Found?, notes: [String]) {
        var request = request
        var (names, start) = try list(layout)
        var late: [String] = []
        if case .exactly(let path) = request {
            let name = Self.manifestName(path)
            request = .exactly(name)
            if !names.contains(name), try exists(name) { names.append(name) }
        }
        var findings: [CheckpointFinding] = []
        var read: [String: Found] = [:]
        for name in names {
            let (finding, found) = try examine(name, layout, depth, request, start)
            guard let finding else {
                late.append(Self.tooLate(name, start))
                continue
            }
            findings.append(finding)
            read[name] = found
            // The newest whole one is enough, unless another was asked for by name.
            if depth == .checksums, finding.defects.isEmpty, request == .newest { break }
        }
        switch RecoveryDecision.choose(findings, request) {
        case .restore(let name, let notes): return (read[name], late + notes)
        case .fresh: return (nil, late)
        case .refuse(let message):
            let kind: CheckpointError.Kind = findings.isEmpty ? .notFound : .damaged
            throw CheckpointError(kind, message)
        }
    }

    /// The manifest that a path given by a person means.
    package static func manifestName(_ path: String) -> String {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        let isManifest =
            trimmed.split(separator: "/").last.map(String.init)
            == CheckpointLayout.manifestName
        return isManifest ? trimmed : "\(trimmed)/\(CheckpointLayout.manifestName)"
    }

    /// For people: why a checkpoint is not looked at.
    private static func tooLate(_ name: String, _ start: LeaderStart?) -> String {
        "Checkpoint '\(CheckpointLayout.shortName(name))' is passed over: it appeared after the "
            + "job had started from checkpoint \(start?.from ?? 0)."
    }

    /// The manifests of a job's checkpoints, newest number first, and what the newest leader that
    /// started anything started from.
    private func list(
        _ layout: CheckpointLayout
    ) throws(CheckpointError) -> (names: [String], start: LeaderStart?) {
        let keys: [String]
        do {
            keys = try store.list(layout.jobFolder).map(\.key)
        } catch {
            throw CheckpointError("the checkpoints in \(store.location) cannot be listed", error)
        }
        let numbered = keys.compactMap { key -> (CheckpointID, String)? in
            guard let id = layout.checkpoint(ofKey: key), key == layout.manifestKey(id) else {
                return nil
            }
            return (id, key)
        }
        let names = numbered.sorted { $0.0 > $1.0 }.map(\.1)
        return (names, layout.newestStart(amongKeys: keys))
    }

    /// Whether a leader of the job has started from less than this since it was written: what it
    /// holds has been rolled back.
    package func isPassed(
        _ found: Found,
        _ layout: CheckpointLayout
    ) throws(CheckpointError) -> Bool {
        try list(layout).start?.hasPassed(found.manifest) ?? false
    }

    private func exists(_ name: String) throws(CheckpointError) -> Bool {
        do {
            _ = try store.get(name)
            return true
        } catch {
            if error.kind == .notFound { return false }
            throw CheckpointError("'\(name)' cannot be read", error)
        }
    }

    /// Looks at one candidate; no finding when it is too late to count.
    private func examine(
        _ name: String,
        _ layout: CheckpointLayout,
        _ depth: Depth,
        _ request: RecoveryDecision.Request,
        _ start: LeaderStart?
    ) throws(CheckpointError) -> (CheckpointFinding?, Found?) {
        let id = layout.checkpoint(ofKey: name) ?? 0
        let found: Found
        do throws(CheckpointError) {
            found = try read(name)
        } catch {
            guard error.kind == .damaged || error.kind == .notFound else { throw error }
            let finding = CheckpointFinding(
                name: name,
                checkpointID: id,
                leaderEpoch: 0,
                defects: [error.message]
            )
            return (finding, nil)
        }
        // Whoever asks for just this one gets it.
        if let start, start.isTooLate(found.manifest), request != .exactly(name) {
            return (nil, nil)
        }
        let finding = CheckpointFinding(
            name: name,
            checkpointID: found.manifest.checkpointID,
            leaderEpoch: found.manifest.leaderEpoch,
            defects: try defects(found, depth)
        )
        return (finding, found)
    }

    /// Reads a manifest.
    package func read(_ name: String) throws(CheckpointError) -> Found {
        let bytes: [UInt8]
        do {
            bytes = try store.get(name)
        } catch {
            throw CheckpointError("the checkpoint '\(name)' cannot be read", error)
        }
        let manifest = try ManifestCodec.decode(bytes, name: name)
        let folder = name.dropLast(CheckpointLayout.manifestName.count)
        let base: String
        switch manifest.kind {
        case .savepoint: base = String(folder)
        case .checkpoint:
            let parent = folder.dropLast().lastIndex(of: "/").map { folder[...$0] } ?? ""
            base = String(parent)
        }
        return Found(manifest: manifest, name: name, base: base)
    }

    /// What is wrong with a checkpoint's files; empty when nothing is.
    package func defects(
        _ found: Found,
        _ depth: Depth
    ) throws(CheckpointError) -> [String] {
        var sizes: [String: Int64] = [:]
        do {
            for object in try store.list(found.base) { sizes[object.key] = object.bytes }
        } catch {
            throw CheckpointError("the files of '\(found.name)' cannot be listed", error)
        }
        var defects: [String] = []
        for (key, bytes) in found.manifest.objects.sorted(by: { $0.key < $1.key }) {
            guard let size = sizes[found.base + key] else {
                defects.append("the file '\(found.base)\(key)' is missing")
                continue
            }
            if size != bytes {
                defects.append(
                    "the file '\(found.base)\(key)' has \(size) bytes instead of \(bytes)"
                )
            }
        }
        guard depth == .checksums, defects.isEmpty else { return defects }
        let byKey = Dictionary(grouping: found.manifest.files, by: \.key)
        for (key, files) in byKey.sorted(by: { $0.key < $1.key }) {
            if files[0].bytes > verifiedInMemoryBytes, !files[0].isSlice {
                if let defect = try defectOfLarge(files[0], found.base) { defects.append(defect) }
                continue
            }
            let content: [UInt8]
            do {
                content = try store.get(found.base + key)
            } catch {
                throw CheckpointError("the file '\(found.base)\(key)' cannot be read", error)
            }
            for file in files {
                if let defect = Self.defect(of: file, in: content, found.base) {
                    defects.append(defect)
                }
            }
        }
        return defects
    }

    /// Compares a large file with what it should be, by way of a temporary one.
    private func defectOfLarge(
        _ file: FileReference,
        _ base: String
    ) throws(CheckpointError) -> String? {
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/apus-verify-\(UInt64.random(in: 0 ... .max))"
        let path = "\(folder)/content"
        try Self.local { () throws(SystemFault) in try LocalFiles.makeFolders(folder) }
        let result = Result { () throws(CheckpointError) in
            do throws(ObjectStoreError) {
                try store.getFile(base + file.key, toPath: path)
            } catch {
                throw CheckpointError("the file '\(base)\(file.key)' cannot be read", error)
            }
            return try Self.local { () throws(SystemFault) in try ChecksumText.ofFile(path) }
        }
        try Self.local { () throws(SystemFault) in try LocalFiles.removeAll(folder) }
        let checksum = try result.get()
        return checksum == file.checksum ? nil : Self.mismatch(file, base, checksum)
    }

    /// Compares a file with what it should be.
    private static func defect(
        of file: FileReference,
        in content: [UInt8],
        _ base: String
    ) -> String? {
        // Within an object of the size that the manifest says; that of the real one may differ.
        let (lower, upper) = (Int(file.offset), Int(file.offset + file.bytes))
        guard upper <= content.count else {
            return "the file '\(base)\(file.key)' is cut off"
        }
        let checksum = Checksum.of(content.span.extracting(lower..<upper))
        return checksum == file.checksum ? nil : mismatch(file, base, checksum)
    }

    private static func mismatch(
        _ file: FileReference,
        _ base: String,
        _ found: UInt32
    ) -> String {
        let part = file.isSlice ? " ('\(file.name)' in it)" : ""
        return "the file '\(base)\(file.key)'\(part) has changed: checksum "
            + "\(ChecksumText.hexadecimal(file.checksum)) expected, "
            + "\(ChecksumText.hexadecimal(found)) found"
    }

    /// The content of a small file of a checkpoint, checked.
    package func content(
        _ file: FileReference,
        of found: Found
    ) throws(CheckpointError) -> [UInt8] {
        try contents([file], of: found)[0]
    }

    /// The contents of small files of a checkpoint, checked; files that lie in one object, one
    /// after the other, are read together.
    package func contents(
        _ files: [FileReference],
        of found: Found
    ) throws(CheckpointError) -> [[UInt8]] {
        var contents: [[UInt8]] = []
        var object: (key: String, bytes: [UInt8]) = ("", [])
        for file in files {
            if file.key != object.key {
                do {
                    object = (file.key, try store.get(found.base + file.key))
                } catch {
                    throw CheckpointError("'\(found.base)\(file.key)' cannot be read", error).inUse
                }
            }
            if let defect = Self.defect(of: file, in: object.bytes, found.base) {
                throw CheckpointError(.damagedInUse, "checkpoint '\(found.name)': \(defect)")
            }
            let bytes = object.bytes[Int(file.offset)..<Int(file.offset + file.bytes)]
            contents.append(Array(bytes))
        }
        return contents
    }

    /// Fetches what a slot needs of an operator's state into local folders, checked.
    ///
    /// - Parameters:
    ///   - found: the checkpoint.
    ///   - uid: the operator.
    ///   - keyGroups: the key groups of the slot.
    ///   - declarations: the state that the operator has now.
    ///   - folder: a local folder to make; deleted by the caller after the restore.
    /// - Returns: what a `StateStore` starts from, and the files that an uploader need not upload
    ///   again; nil when the checkpoint has no state of the operator.
    /// - Throws: when the store fails.
    package func fetch(
        _ found: Found,
        _ uid: OperatorUID,
        _ keyGroups: KeyGroupRange,
        _ declarations: [StateDeclaration],
        into folder: String
    ) throws(CheckpointError) -> (source: RestoreSource, adopted: [FileReference])? {
        guard let snapshot = found.manifest.operatorSnapshot(uid) else { return nil }
        var parts: [RestoreSource.Part] = []
        let wanted = snapshot.parts(for: keyGroups)
        for part in wanted {
            let directory = "\(folder)/part-\(part.subtask)"
            try Self.local { () throws(SystemFault) in try LocalFiles.makeFolders(directory) }
            for file in part.files { try fetch(file, found, to: "\(directory)/\(file.name)") }
            parts.append(
                RestoreSource.Part(
                    directory: directory,
                    keyGroups: part.keyGroups,
                    declarations: snapshot.declarations
                )
            )
        }
        let source = RestoreSource(parts: parts, maxParallelism: found.manifest.maxParallelism)
        // Rows that become wider are written to a new database, whose files have names of their
        // own.
        let isAdopted =
            wanted.count == 1 && wanted[0].keyGroups == keyGroups
            && snapshot.declarations == declarations && found.manifest.kind == .checkpoint
        return (source, isAdopted ? wanted[0].files : [])
    }

    private func fetch(
        _ file: FileReference,
        _ found: Found,
        to path: String
    ) throws(CheckpointError) {
        if file.isSlice || file.bytes == 0 {
            let content = try content(file, of: found)
            try Self.local { () throws(SystemFault) in try LocalFiles.write(path, content) }
            return
        }
        do {
            try store.getFile(found.base + file.key, toPath: path)
        } catch {
            throw CheckpointError("'\(found.base)\(file.key)' cannot be fetched", error).inUse
        }
        let checksum = try Self.local { () throws(SystemFault) in try ChecksumText.ofFile(path) }
        if checksum != file.checksum {
            throw CheckpointError(
                .damagedInUse,
                "checkpoint '\(found.name)': " + Self.mismatch(file, found.base, checksum)
            )
        }
    }

    private static func local<Result>(
        _ body: () throws(SystemFault) -> Result
    ) throws(CheckpointError) -> Result {
        do {
            return try body()
        } catch {
            throw CheckpointError(error.isFull ? .full : .failed, error.description)
        }
    }
}
