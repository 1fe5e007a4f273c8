import ClusterProtocol
import Columnar
import Core
import Dataflow
import Transport

/// Reaches the slots of one attempt that other task managers run.
final class PeerSlots: RemoteSlots {
    private let deployment: TaskDeployment
    private let plane: DataPlane
    private let onFailure: @Sendable (WrappedFailure) -> Void

    init(
        _ deployment: TaskDeployment,
        _ plane: DataPlane,
        onFailure: @escaping @Sendable (WrappedFailure) -> Void
    ) {
        self.deployment = deployment
        self.plane = plane
        self.onFailure = onFailure
    }

    func send(_ mail: SlotMail, toSlot slot: Int) {
        let peer = deployment.places[slot].text
        do {
            switch mail {
            case .element(let address, let output, let element):
                try plane.send(
                    element.wireForm,
                    channel: channel(address.edge, sender: address.sender, receiver: slot),
                    output: UInt8(output),
                    to: peer
                )
            case .credit(let edge, let receiver, let batches):
                try plane.send(
                    .credit(batches: UInt32(batches)),
                    channel: channel(edge, sender: slot, receiver: receiver),
                    to: peer
                )
            case .sinkCredit, .wake, .stop: break
            }
        } catch {
            onFailure(
                WrappedFailure(
                    blame: .user,
                    message: "A row cannot be sent to task manager '\(peer)': \(error)"
                )
            )
        }
    }

    private func channel(_ edge: Int, sender: Int, receiver: Int) -> ChannelID {
        ChannelID(
            deployment: deployment.id,
            edge: UInt32(edge),
            sender: UInt32(sender),
            receiver: UInt32(receiver)
        )
    }
}
