package import ClusterProtocol
package import Columnar
package import Core
package import Dataflow
import JobGraph
import Synchronization
import Transport

/// The attempts that this task manager knows, as the data connections see them.
package final class DeployedTasks: DataReceiver {
    /// An attempt and what its channels carry.
    private struct Entry {
        let task: JobTask
        /// The types of each edge's rows.
        let types: [[DataType]]
    }

    private let entries = Mutex<[UInt64: Entry]>([:])
    private let onFailure: @Sendable (_ deployment: UInt64, WrappedFailure) -> Void

    package init(onFailure: @escaping @Sendable (_ deployment: UInt64, WrappedFailure) -> Void) {
        self.onFailure = onFailure
    }

    package func add(_ task: JobTask) {
        let graph = task.deployment.graph
        let plan = StagePlan(graph)
        let entry = Entry(
            task: task,
            types: plan.edges.map { graph.nodes[$0.from].outputs[$0.output].types }
        )
        entries.withLock { $0[task.deployment.id] = entry }
    }

    func remove(_ deployment: UInt64) {
        _ = entries.withLock { $0.removeValue(forKey: deployment) }
    }

    var all: [JobTask] { entries.withLock { $0.values.map(\.task) } }

    func task(_ deployment: UInt64) -> JobTask? {
        entries.withLock { $0[deployment]?.task }
    }

    package func types(of channel: ChannelID) -> [DataType]? {
        entries.withLock { entries in
            guard let entry = entries[channel.deployment],
                entry.types.indices.contains(Int(channel.edge)),
                channel.sender < entry.task.deployment.parallelism,
                channel.receiver < entry.task.deployment.parallelism
            else { return nil }
            return entry.types[Int(channel.edge)]
        }
    }

    package func receive(_ frame: DataFrame, from peerID: String) throws(ProtocolError) {
        guard let task = task(frame.channel.deployment) else { return }
        let deployment = task.deployment
        let channel = frame.channel
        let sender = Int(channel.sender)
        let receiver = Int(channel.receiver)
        let isCredit: Bool
        if case .credit = frame.element { isCredit = true } else { isCredit = false }
        let here = isCredit ? sender : receiver
        let there = isCredit ? receiver : sender
        guard task.localSlots.contains(here), deployment.places[there].text == peerID else {
            let sentence = "Task manager '\(peerID)' sent on \(channel), which is not its."
            fail(deployment.id, sentence)
            throw ProtocolError(.unexpected, sentence)
        }
        let address = ChannelAddress(edge: Int(channel.edge), sender: sender)
        switch frame.element {
        case .batch(let batch):
            deliver(.batch(batch))
        case .watermark(let watermark): deliver(.watermark(watermark))
        case .idle: deliver(.idle)
        case .barrier(let mark):
            do throws(WrappedFailure) {
                deliver(.barrier(try mark.barrier()))
            } catch {
                fail(deployment.id, error.message)
            }
        case .credit(let batches):
            task.send(
                .credit(edge: address.edge, receiver: receiver, batches: Int(batches)),
                toSlot: sender
            )
        }
        func deliver(_ element: StreamElement) {
            task.send(
                .element(address, output: Int(frame.output), element),
                toSlot: receiver
            )
        }
    }

    package func peerConnected(_ peerID: String) {}

    package func peerLost(_ peerID: String, reason: String) {
        for task in all where task.deployment.places.contains(TaskManagerID(peerID)) {
            fail(
                task.deployment.id,
                "The connection with task manager '\(peerID)' was lost: \(reason)"
            )
        }
    }

    private func fail(_ deployment: UInt64, _ message: String) {
        onFailure(
            deployment,
            WrappedFailure(blame: .external, isRetryable: true, message: message)
        )
    }
}
