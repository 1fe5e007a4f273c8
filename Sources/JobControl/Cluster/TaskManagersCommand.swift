package import ArgumentParser
import Core
import ManagementAPI
import RESTClient

/// `jobctl taskmanagers`: who offers slots.
package struct TaskManagersCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "taskmanagers",
        abstract: "List the task managers of the cluster and their slots.",
        discussion: """
            EXAMPLE
              jobctl taskmanagers
            """
    )

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func run(in session: ClusterSession) throws {
        let list = try session.client.taskManagers()
        if session.form == .json {
            try session.write(json: list)
            return
        }
        if list.taskManagers.isEmpty {
            session.write(
                """
                No task manager is registered. Start one with 'taskmanager --config FILE', whose \
                'jobmanager.rpc.address' names the job manager at \(session.client.address).

                """
            )
            return
        }
        let jobs = try session.client.jobs().jobs
        let names = Dictionary(jobs.map { ($0.id, $0.name) }) { first, _ in first }
        var table = TextTable(
            [
                "ID", "ADDRESS", "DATA PORT", "SLOTS", "FREE", "MEMORY", "CORES", "LAST HEARD",
                "JOBS",
            ],
            rightAligned: [2, 3, 4, 5, 6]
        )
        for manager in list.taskManagers {
            let own = Set(manager.allocatedSlots.map { names[$0.jobID] ?? $0.jobID })
            table.add([
                manager.id, manager.path, String(manager.dataPort), String(manager.slots),
                String(manager.freeSlots),
                MemorySizeText.short(bytes: manager.memory.totalProcessBytes),
                String(manager.hardware.cpuCores), ClusterText.moment(manager.lastHeartbeat),
                own.isEmpty ? "-" : own.sorted().joined(separator: ", "),
            ])
        }
        session.write(table.text + "\n")
    }
}
