import ClusterMessages
import Core
import Dataflow
import Operators
import Transport

/// Reaches the slots of jobs through the control connections of their task managers.
final class ClusterGateway: TaskGateway {
    private let taskManagers: TaskManagerTable

    init(_ taskManagers: TaskManagerTable) {
        self.taskManagers = taskManagers
    }

    func deploy(_ deployment: TaskDeployment) throws(WrappedFailure) {
        let places = Set(deployment.places).sorted()
        let peers = places.compactMap { place in
            taskManagers.entry(place).map { entry in
                PeerPlace(
                    id: place,
                    host: entry.registration.dataHost,
                    port: entry.registration.dataPort
                )
            }
        }
        try send(.deploy(deployment, peers: peers), to: places)
    }

    func send(_ command: TaskCommand, to deployment: TaskDeployment) throws(WrappedFailure) {
        let message = ToTaskManager.command(deployment: deployment.id, command)
        if let subtask = command.subtask {
            guard deployment.places.indices.contains(subtask) else { return }
            try send(message, to: [deployment.places[subtask]])
        } else {
            try send(message, to: Set(deployment.places).sorted())
        }
    }

    /// Sends a message to all places; one that is missing is lost: the job's machine hears of it.
    ///
    /// - Throws: when it is too large, so that only this job fails.
    private func send(
        _ message: ToTaskManager,
        to places: [TaskManagerID]
    ) throws(WrappedFailure) {
        let body = ControlCodec.encode(message)
        for place in places {
            guard let connection = taskManagers.entry(place)?.connection else { continue }
            guard connection.send(body) else {
                throw WrappedFailure(
                    blame: .user,
                    message: DeploymentSize.sentence(body.count, connection.messageBytesMax)
                )
            }
        }
    }

    func stop(_ deployment: TaskDeployment, at places: [TaskManagerID]) {
        for place in places { taskManagers.send(.stop(deployment: deployment.id), to: place) }
    }

    func counters(_ deployment: TaskDeployment) -> [[NodeCounters]] {
        taskManagers.counters(deployment)
    }
}
