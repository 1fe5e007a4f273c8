/// One channel of one deployment of a job: an edge between stages and the slots at its ends.
package struct ChannelID: Hashable, Sendable, CustomStringConvertible {
    /// The deployment, which changes with each restart: frames of another one are dropped.
    package let deployment: UInt64
    /// A position in the edges of the job's stages.
    package let edge: UInt32
    /// The slot that sends batches and receives credit.
    package let sender: UInt32
    /// The slot that receives batches and sends credit.
    package let receiver: UInt32

    package init(deployment: UInt64, edge: UInt32, sender: UInt32, receiver: UInt32) {
        self.deployment = deployment
        self.edge = edge
        self.sender = sender
        self.receiver = receiver
    }

    package var description: String {
        "edge \(edge) from slot \(sender) to slot \(receiver) of deployment \(deployment)"
    }
}
