import ClusterMessages
import Core
import Dataflow
import Operators

/// Reaches the slots of jobs through the control connections of their task managers.
final class ClusterGateway: TaskGateway {
    private let taskManagers: TaskManagerTable

    init(_ taskManagers: TaskManagerTable) {
        self.taskManagers = taskManagers
    }

    func deploy(_ deployment: TaskDeployment) {
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
        // One that is missing is lost: the machine of the job hears of it.
        for place in places {
            taskManagers.send(.deploy(deployment, peers: peers), to: place)
        }
    }

    func send(_ command: TaskCommand, to deployment: TaskDeployment) {
        let message = ToTaskManager.command(deployment: deployment.id, command)
        if let subtask = command.subtask {
            guard deployment.places.indices.contains(subtask) else { return }
            taskManagers.send(message, to: deployment.places[subtask])
            return
        }
        for place in Set(deployment.places).sorted() { taskManagers.send(message, to: place) }
    }

    func stop(_ deployment: TaskDeployment, at places: [TaskManagerID]) {
        for place in places { taskManagers.send(.stop(deployment: deployment.id), to: place) }
    }

    func counters(_ deployment: TaskDeployment) -> [[NodeCounters]] {
        taskManagers.counters(deployment)
    }
}
