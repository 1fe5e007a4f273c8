package import Checkpoints
import Columnar
import Connectors
import Core
import FoundationEssentials
package import JobGraph
import Operators

/// Which operators of a job take the state of a checkpoint, by uid, as Flink maps a savepoint.
package struct RestoreMapping: Hashable, Sendable {
    /// State that no operator of the job takes, one line for each former owner.
    package let untaken: [String]
    /// Stateful operators that start empty although their sources go on in the middle.
    package let empty: [String]

    private let checkpoint: CheckpointID

    package init(_ manifest: CheckpointManifest, _ graph: JobGraph) {
        checkpoint = manifest.checkpointID
        // A graph that another version wrote may be unreadable: uids are then all there is.
        let former = try? JSONDecoder().decode(JobGraph.self, from: Data(manifest.jobGraph.utf8))
        untaken = Self.untaken(manifest, former, graph)
        empty = Self.empty(manifest, graph)
    }

    private static func untaken(
        _ manifest: CheckpointManifest,
        _ former: JobGraph?,
        _ graph: JobGraph
    ) -> [String] {
        let known = Set(graph.nodes.map(\.uid))
        let stored =
            manifest.sources.map(\.uid)
            + manifest.operators.map(\.uid)
            + manifest.sinks.filter { !$0.committables.isEmpty }.map(\.uid)
        var lines: [String] = []
        for uid in stored where !known.contains(uid) {
            let node = former?.nodes.first { $0.uid == uid }
            let line = node?.titleWithUID ?? "uid \(uid)"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines + removedTables(former, graph)
    }

    /// Tables that a source which goes on does not read any more.
    private static func removedTables(_ former: JobGraph?, _ graph: JobGraph) -> [String] {
        var lines: [String] = []
        for node in former?.nodes ?? [] {
            guard case .source(let old) = node.spec,
                let taker = graph.nodes.first(where: { $0.uid == node.uid }),
                case .source(let new) = taker.spec
            else { continue }
            for request in old.requests {
                let isRead = new.requests.contains { candidate in
                    candidate.table.path == request.table.path
                        || candidate.table.withoutSecrets.options
                            == request.table.withoutSecrets.options
                }
                let line = "table \(request.table.name) of the source with uid \(node.uid)"
                if !isRead, !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    private static func empty(_ manifest: CheckpointManifest, _ graph: JobGraph) -> [String] {
        let sources = Set(manifest.sources.map(\.uid))
        let operators = Set(manifest.operators.map(\.uid))
        // Inputs stand before a node: one pass knows what is behind each.
        var goesOn: [Bool] = []
        var lines: [String] = []
        for node in graph.nodes {
            let isOld = sources.contains(node.uid) || node.inputs.contains { goesOn[$0.node] }
            goesOn.append(isOld)
            let inputs = node.inputs.map { graph.nodes[$0.node].outputs[$0.output] }
            let isStateful =
                !OperatorFactory.stateDeclarations(node.spec, inputs: inputs).isEmpty
            if isOld, isStateful, !operators.contains(node.uid) { lines.append(node.titleWithUID) }
        }
        return lines
    }

    /// Refuses to drop state that nobody has agreed to drop.
    package func requireAllTaken() throws(CheckpointError) {
        guard !untaken.isEmpty else { return }
        var text = """
            Cannot map checkpoint/savepoint state to the new program: checkpoint \
            'chk-\(checkpoint)' holds state of operators that are not available in it:
            \(Self.list(untaken))
            """
        if !empty.isEmpty {
            text += """

                Operators of the new program that would start without state:
                \(Self.list(empty))
                """
        }
        throw CheckpointError(
            .unmapped,
            text + """

                Restore it with the script that it was taken with. If that state may be dropped, add \
                --allow-non-restored-state; to read everything anew, give --restore none.
                """
        )
    }

    /// What to tell people about a restore that goes on.
    package var warnings: [String] {
        var texts: [String] = []
        if !untaken.isEmpty {
            texts.append(
                """
                State of checkpoint 'chk-\(checkpoint)' is dropped, as \
                --allow-non-restored-state says:
                \(Self.list(untaken))
                """
            )
        }
        if !empty.isEmpty {
            texts.append(
                """
                These operators start without state, while their sources go on from checkpoint \
                'chk-\(checkpoint)': their results lack all rows before it.
                \(Self.list(empty))
                """
            )
        }
        return texts
    }

    private static func list(_ lines: [String]) -> String {
        lines.map { "  \($0)" }.joined(separator: "\n")
    }
}
