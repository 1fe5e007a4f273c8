package import Checkpoints
import Columnar
package import Core

/// Paths of savepoints as people write them.
package enum SavepointPath {
    /// What to restore from, for the folder of a savepoint or checkpoint, or its manifest.
    package static func restorePoint(
        _ path: String,
        _ checkpoint: CheckpointID? = nil
    ) -> RestorePoint {
        var folder = path
        if folder.hasSuffix("/" + CheckpointLayout.manifestName) {
            folder = String(folder.dropLast(CheckpointLayout.manifestName.count + 1))
        }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        guard let slash = folder.lastIndex(of: "/") else {
            return RestorePoint(
                location: folder,
                manifest: CheckpointLayout.manifestName,
                checkpoint: checkpoint
            )
        }
        // The files of a checkpoint lie beside its folder, those of a savepoint in it.
        return RestorePoint(
            location: String(folder[..<slash]),
            manifest: folder[folder.index(after: slash)...] + "/" + CheckpointLayout.manifestName,
            checkpoint: checkpoint
        )
    }

    /// The folder that people are told.
    package static func folder(of point: RestorePoint) -> String {
        let path = point.path
        guard path.hasSuffix("/" + CheckpointLayout.manifestName) else { return path }
        return String(path.dropLast(CheckpointLayout.manifestName.count + 1))
    }

    static func hash(ofSQL text: String) -> String {
        String(Hashing.hash(Array(text.utf8).span), radix: 16)
    }
}
