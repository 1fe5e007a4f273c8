import Checkpoints
package import Core
package import Dataflow
import JobGraph
import Operators

// What cannot be true in a message, as a part of a sentence; nil when all of it can. A message is
// looked at before anything is done with it: whoever counts with it later may trust it.

extension Registration {
    /// - Parameter id: the name in the greeting of the connection.
    /// - Returns: what cannot be.
    package func fault(from id: String) -> String? {
        if self.id.text != id { return "it registers as '\(self.id)' and said '\(id)' before" }
        if !MessageLimits.slots.contains(slots) {
            return "\(slots) slots, not \(MessageLimits.slots.lowerBound) to "
                + "\(MessageLimits.slots.upperBound)"
        }
        if !(1...65_535).contains(dataPort) { return "the data port \(dataPort)" }
        if !(1...MessageLimits.countMax).contains(memoryBytes) {
            return "\(memoryBytes) bytes of memory"
        }
        if !(0...MessageLimits.countMax).contains(managedBytes ?? 0) {
            return "\(managedBytes ?? 0) bytes for state"
        }
        if !(0...MessageLimits.cpuCoresMax).contains(cpuCores ?? 0) {
            return "\(cpuCores ?? 0) processors"
        }
        let texts = [dataHost, restAddress ?? "", softwareVersion, checkpoints]
        if texts.contains(where: { $0.utf8.count > MessageLimits.textBytesMax }) {
            return "a name of more than \(MessageLimits.textBytesMax) bytes"
        }
        return nil
    }
}

extension Welcome {
    package var fault: String? {
        let times = [heartbeatMicroseconds, silenceMicroseconds, cancellationMicroseconds]
        let wrong = times.first { !(1...MessageLimits.waitMicrosecondsMax).contains($0) }
        return wrong.map { "a time of \($0) µs" }
    }
}

extension TaskManagerReport {
    /// What decides how much of a job is reported.
    package struct Shape: Sendable {
        package let slots: Int
        package let nodes: Int
        package let stages: Int

        package init(slots: Int, nodes: Int, stages: Int) {
            self.slots = slots
            self.nodes = nodes
            self.stages = stages
        }
    }

    /// - Parameter shape: of a deployment; nil for one that is not known (any more).
    /// - Returns: what cannot be.
    package func fault(_ shape: (_ deployment: UInt64) -> Shape?) -> String? {
        var shapes: [UInt64: Shape?] = [:]
        for slot in slots {
            let known = shapes[slot.deployment] ?? shape(slot.deployment)
            shapes[slot.deployment] = .some(known)
            if let known, let fault = slot.fault(known) { return fault }
        }
        let counts = [residentBytes, cpuMicroseconds] + slots.flatMap(\.counts)
        return counts.first { $0.magnitude > MessageLimits.countMax }.map { "a count of \($0)" }
    }
}

extension TaskManagerReport.Slot {
    fileprivate func fault(_ shape: TaskManagerReport.Shape) -> String? {
        guard (0..<shape.slots).contains(slot) else {
            return "slot \(slot) of a job with \(shape.slots)"
        }
        guard nodes.count == shape.nodes, stages.count == shape.stages else {
            return "\(nodes.count) nodes in \(stages.count) stages of a job that has "
                + "\(shape.nodes) in \(shape.stages)"
        }
        return nil
    }

    fileprivate var counts: [Int64] {
        nodes.flatMap {
            [$0.rowsIn, $0.rowsOut, $0.lateRows, $0.retractionsWithoutRow, $0.droppedRows]
        } + stages.flatMap { [$0.busyMicroseconds, $0.backPressuredMicroseconds] }
    }
}

extension TaskDeployment {
    /// - Parameter place: the task manager that is told to run slots of it.
    /// - Returns: what cannot be.
    package func fault(at place: TaskManagerID) -> String? {
        let groups = graph.settings.maxParallelism
        guard (1...MessageLimits.keyGroupsMax).contains(groups), places.count <= groups else {
            return "\(places.count) slots for \(groups) key groups"
        }
        guard places.contains(place) else { return "none of its slots is here" }
        for (index, node) in graph.nodes.enumerated() {
            for edge in node.inputs
            where !(0..<index).contains(edge.node)
                || !graph.nodes[edge.node].outputs.indices.contains(edge.output)
            {
                return "node \(index) reads output \(edge.output) of node \(edge.node)"
            }
        }
        return nil
    }
}

extension TaskEvent {
    /// - Parameters:
    ///   - deployment: what it happened in.
    ///   - place: the task manager that tells it.
    /// - Returns: what cannot be.
    package func fault(in deployment: TaskDeployment, from place: TaskManagerID) -> String? {
        if let slot, !deployment.slots(of: place).contains(slot) {
            return "slot \(slot), which is not its"
        }
        let nodes = deployment.graph.nodes.indices
        if let node = nodesNamed.first(where: { !nodes.contains($0) }) {
            return "node \(node) of a job with \(nodes.count)"
        }
        return sizes.first { !(0...MessageLimits.countMax).contains($0) }.map { "a size of \($0)" }
    }

    /// The slot that it happened in; nil when it does not matter.
    private var slot: Int? {
        switch self {
        case .slotRunning(let slot), .stageSnapshot(_, let slot, _, _),
            .persistFailed(let slot, _):
            slot
        case .splitRequested(_, let subtask), .splitFinished(_, let subtask, _),
            .readerFinished(_, let subtask), .sourceSnapshot(_, let subtask, _, _),
            .sinkSnapshot(_, let subtask, _, _), .sinkCommitted(_, let subtask, _):
            subtask
        case .checkpointDeclined, .checkpointFailed, .report, .failed: nil
        }
    }

    private var nodesNamed: [Int] {
        switch self {
        case .splitRequested(let node, _), .splitFinished(let node, _, _),
            .readerFinished(let node, _), .sourceSnapshot(let node, _, _, _),
            .sinkSnapshot(let node, _, _, _), .sinkCommitted(let node, _, _):
            [node]
        case .stageSnapshot(_, _, _, let states): states.map(\.node)
        case .slotRunning, .persistFailed, .checkpointDeclined, .checkpointFailed, .report,
            .failed:
            []
        }
    }

    private var sizes: [Int64] {
        switch self {
        case .sinkSnapshot(_, _, _, let files): files.map(\.bytes)
        case .stageSnapshot(_, _, _, let states):
            states.flatMap { state in
                let files = state.part.files + (state.part.attachment.map { [$0] } ?? [])
                return [state.newBytes] + files.map(\.bytes)
            }
        default: []
        }
    }
}
