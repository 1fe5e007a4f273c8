import Checkpoints
import FoundationEssentials
import JobManager
package import ObjectStore
import S3Store

/// A savepoint or checkpoint where a person says that it lies.
package struct SavepointLocation: Sendable {
    /// The store that holds it.
    package let store: any ObjectStore
    /// The manifest, or its folder, in the store.
    package let key: String

    package init(store: any ObjectStore, key: String) {
        self.store = store
        self.key = key
    }

    /// Opens the store of a path; the one place that knows which kinds of store there are.
    ///
    /// A checkpoint refers to files beside its folder, so that the store begins above it.
    package static func open(_ path: String) throws(CommandFailure) -> SavepointLocation {
        try open(path, environment: ProcessInfo.processInfo.environment)
    }

    /// As `open`, with the endpoint and credentials of S3 in the given environment.
    package static func open(
        _ path: String,
        environment: [String: String]
    ) throws(CommandFailure) -> SavepointLocation {
        if ["s3://", "s3a://"].contains(where: { path.lowercased().hasPrefix($0) }) {
            return try openBucket(path, environment)
        }
        var folder = path.hasPrefix("file://") ? String(path.dropFirst(7)) : path
        if let colon = folder.firstRange(of: "://") {
            throw CommandFailure(
                .usage,
                """
                There is no store for '\(folder[..<colon.lowerBound])://': give a folder, \
                file://… or s3://…
                """
            )
        }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        if folder.split(separator: "/").last == "_metadata" {
            folder = LocalFiles.parent(of: folder)
        }
        guard (try? LocalFiles.status("\(folder)/_metadata")) != nil else {
            throw CommandFailure(
                .checkpoint,
                """
                There is no savepoint in '\(folder)': it has no file '_metadata', which is written \
                last. Give the folder of a savepoint or checkpoint, such as …/chk-7.
                """
            )
        }
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        do throws(ObjectStoreError) {
            let store = try DirectoryStore(path: LocalFiles.parent(of: folder))
            return SavepointLocation(store: store, key: name)
        } catch {
            throw CommandFailure(.checkpoint, "'\(folder)' cannot be opened: \(error)")
        }
    }

    /// Opens a savepoint in S3.
    private static func openBucket(
        _ path: String,
        _ environment: [String: String]
    ) throws(CommandFailure) -> SavepointLocation {
        let point = SavepointPath.restorePoint(path)
        do throws(ObjectStoreError) {
            let options = try S3Options(configuration: [:], environment: environment)
            let store = try StoreOpener(options: options).open(point.location ?? path)
            _ = try store.get(point.manifest)
            return SavepointLocation(store: store, key: point.manifest)
        } catch {
            throw CommandFailure(
                .checkpoint,
                """
                The savepoint '\(path)' cannot be read: \(error). Give the folder of a savepoint \
                or checkpoint, such as …/chk-7.
                """
            )
        }
    }
}
