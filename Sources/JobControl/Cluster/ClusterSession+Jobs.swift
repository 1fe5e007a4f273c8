import Core
import ManagementAPI
import RESTClient

// Which job is meant.
extension ClusterSession {
    /// The job that a text means: its id, the begin of its id, or its name.
    ///
    /// A name that several jobs had means the one that has not ended.
    func job(_ text: String) throws -> JobSummary {
        let jobs = try client.jobs().jobs
        if let exact = jobs.first(where: { $0.id == text }) { return exact }
        let named = jobs.filter { $0.name == text }
        let alive = named.filter { !$0.state.isTerminal }
        if let only = alive.count == 1 ? alive.first : named.count == 1 ? named.first : nil {
            return only
        }
        let candidates =
            named.isEmpty ? jobs.filter { !text.isEmpty && $0.id.hasPrefix(text) } : named
        if let only = candidates.first, candidates.count == 1 { return only }
        if candidates.isEmpty { throw CommandFailure(.cluster, unknown(text, jobs)) }
        var table = TextTable(["JOB ID", "NAME", "STATUS"])
        for job in candidates { table.add([job.id, job.name, job.state.rawValue]) }
        throw CommandFailure(
            .cluster,
            "'\(text)' may mean each of these jobs; give more of the id:\n\(table.text)"
        )
    }

    private func unknown(_ text: String, _ jobs: [JobSummary]) -> String {
        if jobs.isEmpty {
            return """
                There is no job '\(text)': the job manager at \(client.address) has none. Start \
                one with 'jobctl submit FILE.sql'.
                """
        }
        let hint = NearestName.hint(text, in: jobs.map(\.name))
        return """
            There is no job with the id, the begin of an id or the name '\(text)'.\(hint) \
            'jobctl list --all' shows all.
            """
    }
}
