import Core
import ObjectStore

/// Makes pending parts visible; may be repeated.
enum PartCommitter {
    /// Renames the parts and leaves a marker for each of their writers.
    static func commit(_ committables: [Committable]) throws(ConnectorError) {
        var markers: [String: Set<CommitMarker>] = [:]
        for committable in committables {
            let part = try PendingPart(committable)
            let marker = try part.marker
            try commit(part, marker)
            markers[part.folder, default: []].insert(marker)
        }
        for (folder, markers) in markers.sorted(by: { $0.key < $1.key }) {
            do throws(SystemFault) {
                for marker in markers {
                    _ = try FileDescriptor("\(folder)/\(marker.text)", .append)
                }
                try LocalFiles.synchronizeFolder(folder)
            } catch {
                throw failure(folder, error)
            }
        }
    }

    private static func commit(
        _ part: PendingPart,
        _ marker: CommitMarker
    ) throws(ConnectorError) {
        let pending = "\(part.folder)/\(part.pendingName)"
        let visible = "\(part.folder)/\(part.visibleName)"
        let found: LocalFiles.Status?
        let wasCommitted: Bool
        do throws(SystemFault) {
            found = try LocalFiles.status(pending)
            wasCommitted = found != nil ? false : try isCommitted(visible, part.folder, marker)
        } catch {
            throw failure(pending, error)
        }
        guard let found else {
            if wasCommitted { return }
            throw lost(pending, visible)
        }
        guard found.bytes == part.bytes else { throw damaged(pending, part.bytes, found.bytes) }
        do throws(SystemFault) {
            try LocalFiles.rename(pending, to: visible)
        } catch {
            // An earlier attempt that was halted in this very commit may have just done it.
            let isDone = (try? isCommitted(visible, part.folder, marker)) ?? false
            if !isDone { throw failure(pending, error) }
        }
    }

    /// Whether an earlier commit came this far.
    private static func isCommitted(
        _ visible: String,
        _ folder: String,
        _ marker: CommitMarker
    ) throws(SystemFault) -> Bool {
        if try LocalFiles.status(visible) != nil { return true }
        guard try LocalFiles.status(folder) != nil else { return false }
        return try LocalFiles.names(in: folder).contains(where: marker.isCovered)
    }

    private static func lost(_ pending: String, _ visible: String) -> ConnectorError {
        ConnectorError(
            blame: .external,
            """
            The checkpoint holds the file \(pending), but neither it nor \(visible) exists: rows \
            are lost. Put the file back, or start from an earlier checkpoint.
            """
        )
    }

    private static func damaged(
        _ pending: String,
        _ wanted: Int64,
        _ found: Int64
    ) -> ConnectorError {
        ConnectorError(
            blame: .external,
            """
            The checkpoint holds the file \(pending) with \(wanted) bytes, but it has \(found). \
            Put the file back as it was, or start from an earlier checkpoint.
            """
        )
    }

    private static func failure(_ path: String, _ fault: SystemFault) -> ConnectorError {
        ConnectorError(
            blame: .external,
            isRetryable: fault.isPassing,
            "The file \(path) cannot be made visible.",
            cause: ConnectorError(blame: .external, fault.description)
        )
    }
}
