import Dataflow

/// How a task manager is set up; read once, in `main`.
package struct TaskManagerOptions: Sendable {
    /// Its name in the cluster; differs from run to run.
    package var id: String
    /// The control ports of the job managers, leader and standbys, as `host:port`.
    package var jobManagers: [JobManagerAddress]
    /// The address that the data port is bound to.
    package var bindHost = "0.0.0.0"
    /// Where other task managers reach this one.
    package var dataHost: String
    /// The data port; 0 lets the system choose.
    package var dataPort = 0
    /// How many slots it offers.
    package var slots = 1
    /// Everything that it may use, in bytes.
    package var memoryBytes = 1 << 30 {
        didSet { stateBytes = MemoryPlan(memoryBytes).stateBytes }
    }
    /// What of it is for the state tables of all slots.
    package var stateBytes = MemoryPlan(1 << 30).stateBytes
    /// A local folder for state databases and scratch space, which task managers may share; what a
    /// run keeps there is removed after it.
    package var folder: String
    /// The location of checkpoints.
    package var checkpoints: String
    /// Where its metrics are served, for the job manager to show.
    package var restAddress: String?

    package init(
        id: String,
        jobManagers: [JobManagerAddress],
        dataHost: String,
        folder: String,
        checkpoints: String
    ) {
        self.id = id
        self.jobManagers = jobManagers
        self.dataHost = dataHost
        self.folder = folder
        self.checkpoints = checkpoints
    }
}

/// A control port.
package struct JobManagerAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { "\(host):\(port)" }
}
