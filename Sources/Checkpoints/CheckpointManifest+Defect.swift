import Core

/// What a manifest may say. It comes from a place where others may write, too; its names become
/// paths and its numbers are counted with, without another look.
extension CheckpointManifest {
    /// Why it cannot be used, as a part of a sentence; nil when nothing is wrong.
    var defect: String? {
        // The next checkpoint has a higher number, and databases store numbers as BIGINT.
        if checkpointID >= Int64.max { return "there is no checkpoint after \(checkpointID)" }
        if parallelism < 1 || parallelism > maxParallelism {
            return "a parallelism of \(parallelism) is not between 1 and \(maxParallelism)"
        }
        for snapshot in operators {
            if let defect = defect(of: snapshot) { return defect }
        }
        for sink in sinks {
            for committable in sink.committables where !isSubtask(committable.subtask) {
                return "'\(sink.uid)' has a subtask \(committable.subtask) of \(parallelism)"
            }
        }
        return filesDefect
    }

    private func isSubtask(_ number: Int) -> Bool { number >= 0 && number < parallelism }

    private func defect(of snapshot: OperatorSnapshot) -> String? {
        var subtasks: Set<Int> = []
        for part in snapshot.parts {
            guard isSubtask(part.subtask) else {
                return "'\(snapshot.uid)' has a subtask \(part.subtask) of \(parallelism)"
            }
            guard subtasks.insert(part.subtask).inserted else {
                return "'\(snapshot.uid)' has two parts of subtask \(part.subtask)"
            }
            let groups = part.keyGroups
            if groups.lower < 0 || groups.lower > groups.upper || groups.upper > maxParallelism {
                return "'\(snapshot.uid)' has the key groups \(groups) of \(maxParallelism)"
            }
            var names: Set<String> = []
            for file in part.files where !names.insert(file.name).inserted {
                return "'\(snapshot.uid)' has two files '\(file.name)' in one part"
            }
        }
        let owned = snapshot.parts.map(\.keyGroups).filter { $0.count > 0 }
            .sorted { $0.lower < $1.lower }
        for (group, next) in zip(owned, owned.dropFirst()) where group.overlaps(next) {
            return "'\(snapshot.uid)' has the key groups \(group) and \(next), which overlap"
        }
        return nil
    }

    private var filesDefect: String? {
        var sizes: [String: Int64] = [:]
        var total: Int64 = 0
        for file in files {
            if let defect = file.defect { return defect }
            if let size = sizes.updateValue(file.objectBytes, forKey: file.key),
                size != file.objectBytes
            {
                return "'\(file.key)' has \(size) bytes, and \(file.objectBytes)"
            }
            let (sum, isTooLarge) = total.addingReportingOverflow(file.objectBytes)
            if isTooLarge { return "the files have more bytes than can be counted" }
            total = sum
        }
        return nil
    }
}

extension FileReference {
    /// Why it cannot be used, as a part of a sentence; nil when nothing is wrong.
    fileprivate var defect: String? {
        if !Self.isName(name) { return "'\(name)' is no file name" }
        // The folder of the checkpoint's files cannot be left.
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        if !parts.allSatisfy({ Self.isName($0) }) { return "'\(key)' is no name for an object" }
        if offset < 0 || bytes < 0 || objectBytes < offset || objectBytes - offset < bytes {
            return "'\(name)' has \(bytes) bytes at \(offset) of the \(objectBytes) of '\(key)'"
        }
        return nil
    }

    /// Whether it is one step of a path, and none that leads to the folder itself or out of it.
    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && !text.utf8.contains(0)
            && !text.utf8.contains(UInt8(ascii: "/"))
    }
}
