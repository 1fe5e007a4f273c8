package import Core
import Synchronization

/// An object store in a folder of the local or a shared file system.
///
/// An object is a file of the same relative path. It appears by `rename` or `link` of a complete,
/// synchronised file, so that nobody sees half of it. Files and folders whose name starts with
/// `.` belong to the store and are no objects.
package final class DirectoryStore: ObjectStore {
    package let location: String
    private let serial = Atomic<UInt64>(0)
    /// Keeps unfinished files of several stores with one folder apart: of a process, as each slot
    /// opens a savepoint's folder for itself, and of machines whose process numbers are the same.
    private let writer: String
    private let time: any TimeSource

    /// Opens the folder, and makes it if needed.
    package init(path: String, time: any TimeSource = SystemTime()) throws(ObjectStoreError) {
        var random = SystemRandomNumberGenerator()
        writer = String(random.next() as UInt64, radix: 16)
        self.time = time
        location = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try Self.call { () throws(SystemFault) in
            try Self.inFolder(location) { () throws(SystemFault) in }
        }
    }

    package func put(
        _ key: String,
        _ bytes: [UInt8],
        ifAbsent: Bool
    ) throws(ObjectStoreError) {
        try publish(key, ifAbsent: ifAbsent) { temporary throws(SystemFault) in
            try LocalFiles.write(temporary, bytes)
        }
    }

    /// As the protocol says; on the same file system the object becomes a hard link to the file,
    /// which must not change any more.
    package func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        try publish(key, ifAbsent: false) { temporary throws(SystemFault) in
            do throws(SystemFault) {
                try LocalFiles.link(path, to: temporary)
                try FileDescriptor(temporary, .read).synchronize()
            } catch {
                guard error.isLinkRefusal else { throw error }
                try LocalFiles.copy(path, to: temporary)
            }
        }
    }

    package func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        let path = try path(key)
        return try Self.call { () throws(SystemFault) in try LocalFiles.read(path) }
    }

    /// As the protocol says; on the same file system the file becomes a hard link to the object
    /// and must not be changed.
    package func getFile(_ key: String, toPath target: String) throws(ObjectStoreError) {
        let source = try path(key)
        try Self.call { () throws(SystemFault) in
            do throws(SystemFault) {
                try LocalFiles.link(source, to: target)
            } catch {
                guard error.isLinkRefusal else { throw error }
                try LocalFiles.copy(source, to: target)
            }
        }
    }

    package func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        precondition(prefix.isEmpty || prefix.hasSuffix("/"), "a listing is of a folder")
        let folder = prefix.isEmpty ? location : try path(String(prefix.dropLast()))
        var found: [ObjectInfo] = []
        try Self.call { () throws(SystemFault) in
            try Self.walk(folder, prefix) { key, _, status in
                found.append(ObjectInfo(key: key, bytes: status.bytes))
            }
        }
        return found.sorted { $0.key < $1.key }
    }

    package func delete(_ keys: [String]) throws(ObjectStoreError) {
        var folders: Set<String> = []
        for key in keys {
            let path = try path(key)
            try Self.call { () throws(SystemFault) in try LocalFiles.remove(path) }
            folders.insert(LocalFiles.parent(of: path))
        }
        for folder in folders {
            var folder = folder
            while folder.count > location.count, LocalFiles.removeEmptyFolder(folder) {
                folder = LocalFiles.parent(of: folder)
            }
        }
    }

    /// The file of an object.
    private func path(_ key: String) throws(ObjectStoreError) -> String {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        let isValid = !parts.isEmpty && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
        guard isValid, !key.utf8.contains(0) else {
            throw ObjectStoreError(.failed, "'\(key)' is no name for an object in \(location)")
        }
        return "\(location)/\(key)"
    }

    /// Writes beside the object's place, then moves there.
    private func publish(
        _ key: String,
        ifAbsent: Bool,
        _ write: (String) throws(SystemFault) -> Void
    ) throws(ObjectStoreError) {
        let target = try path(key)
        let folder = LocalFiles.parent(of: target)
        let number = serial.add(1, ordering: .relaxed).newValue
        let temporary = "\(folder)/.new-\(writer)-\(number)"
        try Self.call { () throws(SystemFault) in
            try Self.inFolder(folder) { () throws(SystemFault) in
                do throws(SystemFault) {
                    try write(temporary)
                    if ifAbsent {
                        try LocalFiles.link(temporary, to: target)
                        try LocalFiles.remove(temporary)
                    } else {
                        try LocalFiles.rename(temporary, to: target)
                        // Renaming one name of a file to another of its names does nothing.
                        try LocalFiles.remove(temporary)
                    }
                    try LocalFiles.synchronizeFolder(folder)
                } catch {
                    Self.discard(temporary)
                    throw error
                }
            }
        }
    }

    /// Makes the folder and works in it; again if it was removed in between for being empty.
    private static func inFolder(
        _ folder: String,
        _ body: () throws(SystemFault) -> Void
    ) throws(SystemFault) {
        for _ in 1..<StoreLimits.folderAttempts {
            do throws(SystemFault) {
                try LocalFiles.makeFolders(folder)
                return try body()
            } catch {
                guard error.isMissingFile, try LocalFiles.status(folder) == nil else {
                    throw error
                }
            }
        }
        try LocalFiles.makeFolders(folder)
        try body()
    }

    /// Removes what is left of a failed write; the next start removes what this cannot.
    private static func discard(_ path: String) {
        do throws(SystemFault) {
            try LocalFiles.remove(path)
        } catch {
            return
        }
    }

    /// Visits the objects below a folder.
    private static func walk(
        _ folder: String,
        _ prefix: String,
        _ visit: (String, String, LocalFiles.Status) -> Void
    ) throws(SystemFault) {
        let names: [String]
        do throws(SystemFault) {
            names = try LocalFiles.names(in: folder)
        } catch {
            guard error.isMissingFile else { throw error }
            return
        }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            guard let status = try LocalFiles.status(path) else { continue }
            if status.isDirectory {
                try walk(path, "\(prefix)\(name)/", visit)
            } else {
                visit(prefix + name, path, status)
            }
        }
    }

    /// Removes unfinished files that are too old to belong to a living writer.
    package func removeAbandoned() {
        let now = time.nowMicroseconds / 1_000_000
        Self.removeAbandoned(location, before: now - StoreLimits.abandonedFileSeconds)
    }

    private static func removeAbandoned(_ folder: String, before seconds: Int64) {
        // Others delete meanwhile; what cannot be read or removed waits for the next start.
        for name in (try? LocalFiles.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            guard let status = try? LocalFiles.status(path) else { continue }
            if status.isDirectory, !name.hasPrefix(".") {
                removeAbandoned(path, before: seconds)
            } else if name.hasPrefix(".new-"), status.changedSeconds < seconds {
                discard(path)
            }
        }
    }

    /// Tells a fault of the system in the words of object stores.
    private static func call<Result>(
        _ body: () throws(SystemFault) -> Result
    ) throws(ObjectStoreError) -> Result {
        do throws(SystemFault) {
            return try body()
        } catch {
            let kind: ObjectStoreError.Kind =
                if error.isMissingFile {
                    .notFound
                } else if error.isTakenName {
                    .exists
                } else if error.isFull {
                    .full
                } else {
                    .failed
                }
            throw ObjectStoreError(kind, isRetryable: error.isPassing, error.description)
        }
    }
}
