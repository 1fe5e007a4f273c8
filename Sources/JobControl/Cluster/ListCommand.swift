package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl list`: the jobs of the cluster.
package struct ListCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the jobs of the cluster.",
        discussion: """
            EXAMPLE
              jobctl list
              jobctl list --all --output json
            """
    )

    @OptionGroup package var cluster: ClusterArguments

    @Flag(name: .shortAndLong, help: "Also jobs that have ended.")
    var all = false

    package init() {}

    package func run(in session: ClusterSession) throws {
        let jobs = try session.client.jobs().jobs
        let shown = all ? jobs : jobs.filter { !$0.state.isTerminal }
        if session.form == .json {
            try session.write(json: JobsOverview(jobs: shown))
            return
        }
        var table = TextTable(
            ["JOB ID", "NAME", "STATUS", "SUBTASKS", "STARTED", "DURATION"],
            rightAligned: [3]
        )
        for job in shown.sorted(by: { $0.startTime > $1.startTime }) {
            table.add([
                job.id, job.name, job.state.rawValue,
                "\(job.tasks["running"] ?? 0)/\(job.tasks["total"] ?? 0)",
                ClusterText.moment(job.startTime),
                ClusterText.duration(milliseconds: job.durationMilliseconds),
            ])
        }
        if !table.isEmpty { session.write(table.text + "\n") }
        let hidden = jobs.count - shown.count
        if hidden > 0 {
            session.write(
                "\(hidden) \(hidden == 1 ? "job has" : "jobs have") ended: 'jobctl list --all'.\n"
            )
        } else if shown.isEmpty {
            session.write("There are no jobs. Start one with: jobctl submit FILE.sql\n")
        }
    }
}
