import Core
import Expressions
import ObjectStore

/// A file that was found below the path of a table.
struct FoundFile: Hashable, Sendable {
    let path: String
    let bytes: Int64
    let changedMilliseconds: Int64
}

/// Finds the files of a table: the path may be a file, a folder with folders in it, or a pattern
/// in which `**` stands for any number of folders.
///
/// Names that begin with `_` or `.` are left out, as in Flink, unless the path spells them out.
struct FileDiscovery {
    private let path: FilePath
    /// What the whole absolute path of a file has to match.
    private let pattern: WholeTextPattern?
    private var found: [String: FoundFile] = [:]

    /// Flink reads such files transparently.
    private static let compressedSuffixes = [
        ".gz", ".gzip", ".deflate", ".bz2", ".xz", ".zst", ".zstd",
    ]

    init(_ path: FilePath, pattern: WholeTextPattern?) {
        self.path = path
        self.pattern = pattern
    }

    /// All files, sorted by path.
    ///
    /// - Throws: when the path names nothing, or a folder cannot be listed.
    mutating func files() throws(ConnectorError) -> [FoundFile] {
        found = [:]
        do throws(SystemFault) {
            if let status = try LocalFiles.target(path.text) {
                try add(path.text, status, depth: 0)
            } else if path.parts.contains(where: NamePattern.hasWildcards) {
                try expand("", path.parts[...], depth: 0)
            } else {
                throw SystemFault(code: 2, operation: "find", path: path.text)
            }
        } catch {
            throw Self.unreadable(error)
        }
        let files = found.values.sorted { $0.path < $1.path }
        for file in files { try Self.refuseCompressed(file.path) }
        return files
    }

    /// What Flink says of files that are not there or must not be read.
    static func unreadable(_ fault: SystemFault) -> ConnectorError {
        ConnectorError(
            blame: .user,
            isRetryable: fault.isPassing,
            """
            File \(fault.path) does not exist or the user running Apus \
            ('\(LocalFiles.userName)') has insufficient permissions to access it. \
            Check the option 'path'.
            """,
            cause: ConnectorError(blame: .external, fault.description)
        )
    }

    private static func refuseCompressed(_ path: String) throws(ConnectorError) {
        guard compressedSuffixes.contains(where: path.lowercased().hasSuffix) else { return }
        throw ConnectorError(
            blame: .user,
            """
            File \(path) looks compressed, which the connector 'filesystem' cannot read. \
            Decompress it first, or leave it out with 'source.path.regex-pattern'.
            """
        )
    }

    private mutating func add(
        _ path: String,
        _ status: LocalFiles.Status,
        depth: Int
    ) throws(SystemFault) {
        if status.isDirectory {
            try addAll(in: path, depth: depth)
        } else if pattern?.matches(path) ?? true {
            found[path] = FoundFile(
                path: path,
                bytes: status.bytes,
                changedMilliseconds: status.changedMilliseconds
            )
        }
    }

    /// The files of a folder and of those in it.
    private mutating func addAll(in folder: String, depth: Int) throws(SystemFault) {
        guard depth < FilesystemLimits.folderDepthMax else { return }
        for name in try LocalFiles.names(in: folder) where !FilePath.isHidden(name) {
            let path = Self.join(folder, name)
            // A file may be moved away while its folder is listed.
            guard let status = try LocalFiles.target(path) else { continue }
            try add(path, status, depth: depth + 1)
        }
    }

    /// Follows the parts of a pattern from a folder on.
    private mutating func expand(
        _ folder: String,
        _ parts: ArraySlice<String>,
        depth: Int
    ) throws(SystemFault) {
        guard depth < FilesystemLimits.folderDepthMax else { return }
        guard let part = parts.first else {
            if let status = try LocalFiles.target(folder) { try add(folder, status, depth: depth) }
            return
        }
        let rest = parts.dropFirst()
        if part == "**" {
            try expand(folder, rest, depth: depth)
            for name in try names(in: folder) where !FilePath.isHidden(name) {
                let path = Self.join(folder, name)
                guard try LocalFiles.target(path)?.isDirectory == true else { continue }
                try expand(path, parts, depth: depth + 1)
            }
        } else if NamePattern.hasWildcards(part) {
            let pattern = NamePattern(part)
            for name in try names(in: folder) where pattern.matches(name) {
                if FilePath.isHidden(name), !pattern.matchesHidden { continue }
                try expand(Self.join(folder, name), rest, depth: depth + 1)
            }
        } else {
            try expand(Self.join(folder, part), rest, depth: depth + 1)
        }
    }

    /// The names in a folder; none when there is no such folder.
    private func names(in folder: String) throws(SystemFault) -> [String] {
        let path = folder.isEmpty ? "/" : folder
        guard try LocalFiles.target(path)?.isDirectory == true else { return [] }
        return try LocalFiles.names(in: path)
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    }
}
