import ClusterMessages
import Core
import Dataflow
import JobGraph

/// How large a job is when it is sent to task managers.
enum DeploymentSize {
    /// Why a job cannot be sent.
    ///
    /// - Parameters:
    ///   - graph: the job.
    ///   - slots: its parallelism.
    ///   - bytesMax: of a message.
    /// - Returns: a sentence; nil when it can be sent.
    static func problem(_ graph: JobGraph, slots: Int, bytesMax: Int) -> String? {
        let deployment = TaskDeployment(
            id: .max,
            jobID: JobID(text: String(repeating: "0", count: 32)),
            attempt: .max,
            leaderEpoch: .max,
            graph: graph,
            places: [],
            restore: nil
        )
        let graphBytes = ControlCodec.encode(ToTaskManager.deploy(deployment, peers: [])).count
        let bytes = graphBytes + slots * MessageLimits.placeBytesMax
        return bytes <= bytesMax ? nil : sentence(bytes, bytesMax)
    }

    /// What people are told.
    static func sentence(_ bytes: Int, _ bytesMax: Int) -> String {
        """
        The job takes up \(bytes) bytes when it is sent to a task manager, and a message has at most \
        \(bytesMax). Long lists of VALUES or IN belong into a table.
        """
    }
}
