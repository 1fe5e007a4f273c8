import Core
package import ObjectStore

/// The local folder of one run of a task manager, below one that several may share.
///
/// ```
/// <shared>/apus-<id>/lock      held as long as the process lives
/// <shared>/apus-<id>/…         state databases and scratch space
/// ```
package struct WorkFolder: Sendable {
    package let path: String
    private let lock: FileLock

    /// Makes the folder, and removes those of runs that have ended.
    ///
    /// - Parameters:
    ///   - shared: the folder that all share; made if it is not there.
    ///   - id: differs from run to run.
    /// - Throws: when the file system refuses.
    package init(in shared: String, id: String) throws(SystemFault) {
        try LocalFiles.makeFolders(shared)
        for name in try LocalFiles.names(in: shared) where name.hasPrefix("apus-") {
            let folder = "\(shared)/\(name)"
            // A run that is alive holds its lock.
            guard try LocalFiles.status("\(folder)/lock") != nil,
                let abandoned = try? FileLock("\(folder)/lock")
            else { continue }
            try LocalFiles.removeAll(folder)
            withExtendedLifetime(abandoned) {}
        }
        path = "\(shared)/apus-\(id)"
        try LocalFiles.makeFolders(path)
        lock = try FileLock("\(path)/lock")
    }

    /// Removes the folder; the run has ended.
    package func remove() throws(SystemFault) {
        try LocalFiles.removeAll(path)
        withExtendedLifetime(lock) {}
    }
}
