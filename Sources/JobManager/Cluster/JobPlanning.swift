package import Connectors
package import Core
package import JobGraph
package import Planner

/// Plans the scripts of jobs; takes time, so not on the cluster's thread.
package enum JobPlanning {
    /// Plans a script that somebody submits.
    ///
    /// - Throws: `ScriptProblem` with the place in the script.
    package static func plan(
        sql: String,
        name: String?,
        parallelism: Int?,
        settings: [(key: String, value: String)],
        defaultParallelism: Int,
        connectors: ConnectorRegistry
    ) throws(ScriptProblem) -> (plan: ScriptPlan, graph: JobGraph, name: String, slots: Int) {
        let plan = try ScriptPlan(
            planning: Array(sql.utf8),
            name: "script",
            settings: settings,
            registry: connectors
        )
        guard let graph = plan.graph else {
            throw ScriptProblem(
                isSetting: false,
                "The script has no INSERT: there is nothing to run."
            )
        }
        let slots = parallelism ?? plan.settings.parallelism ?? defaultParallelism
        guard slots >= 1, slots <= graph.settings.maxParallelism else {
            throw ScriptProblem(
                isSetting: true,
                """
                The parallelism \(slots) is not between 1 and 'pipeline.max-parallelism' \
                (\(graph.settings.maxParallelism)).
                """
            )
        }
        return (plan, graph, name ?? graph.settings.name, slots)
    }

    /// Plans a job of the registry anew.
    package static func plan(
        _ record: JobRecord,
        _ connectors: ConnectorRegistry
    ) -> Result<PlannedJob, WrappedFailure> {
        do throws(ScriptProblem) {
            let planned = try plan(
                sql: record.sqlText,
                name: record.name,
                parallelism: record.parallelism,
                settings: record.settings.sorted { $0.key < $1.key }
                    .map { (key: $0.key, value: $0.value) },
                defaultParallelism: record.parallelism,
                connectors: connectors
            )
            return .success(
                PlannedJob(
                    record: record,
                    graph: planned.graph,
                    guarantees: planned.plan.guarantees,
                    notes: []
                )
            )
        } catch {
            return .failure(WrappedFailure(blame: .user, message: error.message))
        }
    }
}
