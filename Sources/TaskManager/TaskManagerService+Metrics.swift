import Columnar
import Core
import Dataflow
import JobGraph
package import ManagementAPI
import Operators

// What a task manager tells Prometheus.
extension TaskManagerService {
    /// The counters of all its subtasks, with Flink's names.
    package var samples: [MetricSample] {
        let own = MetricLabels.taskManager(host: options.dataHost, id: options.id)
        var samples = [
            MetricSample(
                TaskManagerMetrics.managedMemoryTotal,
                Int64(options.stateBytes),
                own
            )
        ]
        for task in tasks.all {
            for slot in task.localSlots { samples += Self.samples(task, slot, own) }
        }
        return samples
    }

    private static func samples(
        _ task: JobTask,
        _ slot: Int,
        _ own: [MetricSample.Label]
    ) -> [MetricSample] {
        guard let nodes = task.metrics[slot], let stages = task.stageMetrics[slot] else {
            return []
        }
        let graph = task.deployment.graph
        var samples: [MetricSample] = []
        for (stage, members) in StagePlan(graph).stages.enumerated() {
            guard let head = members.first, let last = members.last else { continue }
            let labels = MetricLabels.task(
                taskManager: own,
                jobID: task.deployment.jobID.text,
                jobName: graph.settings.name,
                vertexID: VertexID.text(of: graph.nodes[head].uid),
                vertexName: members.map { graph.nodes[$0].label }.joined(separator: " -> "),
                attempt: task.deployment.attempt,
                subtask: slot
            )
            let times = stages[stage].times
            samples += [
                MetricSample(TaskManagerMetrics.recordsIn, nodes[head].rowsIn, labels),
                MetricSample(TaskManagerMetrics.recordsOut, nodes[last].rowsOut, labels),
                MetricSample(
                    TaskManagerMetrics.accumulatedBusyTime,
                    times.busyMicroseconds / 1000,
                    labels
                ),
                MetricSample(
                    TaskManagerMetrics.accumulatedBackPressuredTime,
                    times.backPressuredMicroseconds / 1000,
                    labels
                ),
            ]
            for member in members {
                samples += operatorSamples(graph.nodes[member], nodes[member].counters, labels)
            }
        }
        return samples
    }

    private static func operatorSamples(
        _ node: JobNode,
        _ counters: NodeCounters,
        _ task: [MetricSample.Label]
    ) -> [MetricSample] {
        let labels = MetricLabels.operator(task: task, uid: node.uid.text, name: node.label)
        var samples = [
            MetricSample(TaskManagerMetrics.operatorRecordsIn, counters.rowsIn, labels),
            MetricSample(TaskManagerMetrics.operatorRecordsOut, counters.rowsOut, labels),
            MetricSample(TaskManagerMetrics.lateRecordsDropped, counters.lateRows, labels),
            MetricSample(
                TaskManagerMetrics.retractionsWithoutRow,
                counters.retractionsWithoutRow,
                labels
            ),
        ]
        if let watermark = counters.watermark {
            samples.append(MetricSample(TaskManagerMetrics.inputWatermark, watermark, labels))
        }
        return samples
    }
}
