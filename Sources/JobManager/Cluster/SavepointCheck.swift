import Checkpoints
import Core
import JobGraph
import ManagementAPI
import ObjectStore

/// Looks, before a job is accepted, whether it can start from a savepoint; blocks on its store.
///
/// Every attempt looks again: a savepoint may be damaged or deleted later.
struct SavepointCheck {
    /// As somebody wrote it.
    let path: String
    /// Whether state that no operator takes may be dropped.
    let dropsUntakenState: Bool

    /// - Throws: with what is wrong with the path, the savepoint, or the script for it.
    func run(_ graph: JobGraph, _ stores: any StoreOpening) throws(ServiceError) {
        let point = SavepointPath.restorePoint(path)
        let store: any ObjectStore
        do throws(ObjectStoreError) {
            store = try stores.open(point.location ?? path)
        } catch {
            throw .conflict("The savepoint '\(path)' cannot be used: \(error.description)")
        }
        let reader = CheckpointReader(store: store)
        do throws(CheckpointError) {
            let found = try reader.read(point.manifest)
            let defects = try reader.defects(found, .sizes)
            guard defects.isEmpty else {
                throw CheckpointError(.damaged, defects.joined(separator: "; "))
            }
            let mapping = RestoreMapping(found.manifest, graph)
            try mapping.requireReadable()
            if !dropsUntakenState { try mapping.requireAllTaken() }
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: CheckpointError) -> ServiceError {
        switch error.kind {
        case .notFound:
            .conflict(
                """
                There is no savepoint or checkpoint at '\(path)': give the folder that has its \
                '\(CheckpointLayout.manifestName)'.
                """
            )
        case .unmapped: .conflict(error.message)
        case .damaged, .damagedInUse, .unsupported, .fenced:
            .conflict("The savepoint '\(path)' cannot be used: \(error.description).")
        case .full, .failed:
            .unavailable("The savepoint '\(path)' cannot be read: \(error.description)")
        }
    }
}
