package import Checkpoints
import Columnar
import Connectors
import Core
import FoundationEssentials
package import JobGraph
import KeyedState
import Operators

/// Which operators of a job take the state of a checkpoint, by uid, as Flink maps a savepoint.
package struct RestoreMapping: Hashable, Sendable {
    /// The former owners of state that no operator of the job takes.
    package let untaken: [StateOwner]
    /// Stateful operators that start empty although their sources go on in the middle.
    package let empty: [StateOwner]

    /// All operators that start empty: what the former owners may have become.
    private let successors: [StateOwner]
    /// Why operators cannot read the state that the checkpoint has for them.
    private let misfits: [String]
    private let checkpoint: CheckpointID

    package init(_ manifest: CheckpointManifest, _ graph: JobGraph) {
        checkpoint = manifest.checkpointID
        // A graph that another version wrote may be unreadable: uids are then all there is.
        let former = try? JSONDecoder().decode(JobGraph.self, from: Data(manifest.jobGraph.utf8))
        untaken = Self.untaken(manifest, former, graph)
        (successors, empty) = Self.withoutState(manifest, graph)
        misfits = Self.misfits(manifest, graph)
    }

    private static func untaken(
        _ manifest: CheckpointManifest,
        _ former: JobGraph?,
        _ graph: JobGraph
    ) -> [StateOwner] {
        let known = Set(graph.nodes.map(\.uid))
        let stored =
            manifest.sources.map(\.uid)
            + manifest.operators.map(\.uid)
            + manifest.sinks.filter { !$0.committables.isEmpty }.map(\.uid)
        var owners: [StateOwner] = []
        for uid in stored where !known.contains(uid) {
            let node = former?.nodes.first { $0.uid == uid }
            let owner = StateOwner(
                title: node?.titleWithUID ?? "uid \(uid)",
                states: manifest.operatorSnapshot(uid)?.declarations ?? []
            )
            if !owners.contains(owner) { owners.append(owner) }
        }
        return owners + removedTables(former, graph)
    }

    /// Tables that a source which goes on does not read any more.
    private static func removedTables(_ former: JobGraph?, _ graph: JobGraph) -> [StateOwner] {
        var tables: [StateOwner] = []
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
                let title = "table \(request.table.name) of the source with uid \(node.uid)"
                let table = StateOwner(title: title, states: [])
                if !isRead, !tables.contains(table) { tables.append(table) }
            }
        }
        return tables
    }

    /// The stateful operators that the checkpoint has nothing for: all, and those among them whose
    /// sources go on.
    private static func withoutState(
        _ manifest: CheckpointManifest,
        _ graph: JobGraph
    ) -> (all: [StateOwner], behindOldSources: [StateOwner]) {
        let sources = Set(manifest.sources.map(\.uid))
        let operators = Set(manifest.operators.map(\.uid))
        // Inputs stand before a node: one pass knows what is behind each.
        var goesOn: [Bool] = []
        var all: [StateOwner] = []
        var behindOldSources: [StateOwner] = []
        for node in graph.nodes {
            let isOld = sources.contains(node.uid) || node.inputs.contains { goesOn[$0.node] }
            goesOn.append(isOld)
            let states = states(of: node, graph)
            guard !states.isEmpty, !operators.contains(node.uid) else { continue }
            let owner = StateOwner(title: node.titleWithUID, states: states)
            all.append(owner)
            if isOld { behindOldSources.append(owner) }
        }
        return (all, behindOldSources)
    }

    /// The keyed states that a node of the new program keeps; empty for one without.
    private static func states(of node: JobNode, _ graph: JobGraph) -> [StateDeclaration] {
        let inputs = node.inputs.map { graph.nodes[$0.node].outputs[$0.output] }
        return OperatorFactory.stateDeclarations(node.spec, inputs: inputs)
    }

    private static func misfits(_ manifest: CheckpointManifest, _ graph: JobGraph) -> [String] {
        graph.nodes.compactMap { node in
            let states = states(of: node, graph)
            guard !states.isEmpty, let snapshot = manifest.operatorSnapshot(node.uid) else {
                return nil
            }
            let wanted = graph.settings.maxParallelism
            guard manifest.maxParallelism == wanted else {
                return """
                    The state of \(node.titleWithUID) has \(manifest.maxParallelism) key groups, \
                    and 'pipeline.max-parallelism' wants \(wanted): it cannot change.
                    """
            }
            let former = snapshot.declarations
            let migration = StateMigration.decide(old: former, new: states, uid: node.uid.text)
            guard case .refuse(let reason) = migration else { return nil }
            return reason
        }
    }

    /// Refuses state that its operator cannot read, which the first attempt would fail with.
    package func requireReadable() throws(CheckpointError) {
        guard let first = misfits.first else { return }
        throw CheckpointError(.unmapped, first)
    }

    /// Refuses to drop state that nobody has agreed to drop.
    package func requireAllTaken() throws(CheckpointError) {
        guard !untaken.isEmpty else { return }
        var text = """
            Cannot map checkpoint/savepoint state to the new program: checkpoint \
            'chk-\(checkpoint)' holds state of operators that are not available in it:
            \(Self.list(untaken))
            """
        if !successors.isEmpty {
            text += """

                Operators of the new program that it holds no state for, and that those may have become:
                \(Self.list(successors))
                """
        }
        throw CheckpointError(
            .unmapped,
            text + """

                Restore it with the script that it was taken with. If that state may be dropped, add \
                --allow-non-restored-state. To read everything anew, submit the script without \
                --from-savepoint, or run it with --restore none.
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

    private static func list(_ owners: [StateOwner]) -> String {
        owners.map { "  \($0)" }.joined(separator: "\n")
    }
}
