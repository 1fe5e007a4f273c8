package import Core
package import Dataflow
import JobGraph
package import ManagementAPI
import Operators

/// What a process tells Prometheus of the subtasks that run in it.
package struct TaskSamples {
    private let readings: TaskReadings
    private let own: [MetricSample.Label]
    private let monotonicMicroseconds: Int64
    private let milliseconds: Int64

    /// - Parameters:
    ///   - readings: what rates are made of.
    ///   - own: the labels of the process.
    ///   - time: for what lies back in time.
    package init(_ readings: TaskReadings, _ own: [MetricSample.Label], _ time: any TimeSource) {
        self.readings = readings
        self.own = own
        monotonicMicroseconds = time.monotonicMicroseconds
        milliseconds = time.nowMicroseconds / 1000
    }

    /// The samples of the process: of its memory for state, and of all its tasks.
    ///
    /// - Parameters:
    ///   - tasks: that run here.
    ///   - stateBytes: what is planned for state.
    /// - Returns: the samples, in no certain order.
    package func all(_ tasks: [JobTask], stateBytes: Int64) -> [MetricSample] {
        let samples = tasks.flatMap { task in task.localSlots.flatMap { slot($0, of: task) } }
        let used = samples.filter { $0.metric == TaskManagerMetrics.stateBytes }
            .reduce(0) { $0 + $1.value }
        return [
            MetricSample(TaskManagerMetrics.managedMemoryTotal, stateBytes, own),
            MetricSample(TaskManagerMetrics.managedMemoryUsed, used, own),
        ] + samples
    }

    private func slot(_ slot: Int, of task: JobTask) -> [MetricSample] {
        guard let nodes = task.metrics[slot], let stages = task.stageMetrics[slot] else {
            return []
        }
        let graph = task.deployment.graph
        let rate = readings.rate(deployment: task.deployment.id, slot: slot)
        return StagePlan(graph).stages.enumerated().flatMap { stage, members in
            let labels = MetricLabels.task(
                taskManager: own,
                jobID: task.deployment.jobID.text,
                jobName: graph.settings.name,
                vertexID: VertexID.text(of: graph.nodes[members[0]].uid),
                vertexName: members.map { graph.nodes[$0].label }.joined(separator: " -> "),
                attempt: task.deployment.attempt,
                subtask: slot
            )
            return rows(members.map { nodes[$0] }, labels)
                + times(stages[stage], labels)
                + (rate.map { rates($0, stage, members, labels) } ?? [])
                + members.flatMap { node(graph.nodes[$0], nodes[$0], labels) }
        }
    }

    /// Rows of a stage; `members` are its operators, the first to the last, and there is one.
    private func rows(
        _ members: [OperatorMetrics],
        _ labels: [MetricSample.Label]
    ) -> [MetricSample] {
        [
            MetricSample(TaskManagerMetrics.recordsIn, members[0].rowsIn, labels),
            MetricSample(
                TaskManagerMetrics.recordsOut,
                members[members.count - 1].rowsOut,
                labels
            ),
        ]
    }

    private func times(_ stage: StageMetrics, _ labels: [MetricSample.Label]) -> [MetricSample] {
        let times = stage.times
        var samples = [
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
        if let elapsed = stage.elapsedMicroseconds(at: monotonicMicroseconds) {
            let spent = stage.times(at: monotonicMicroseconds)
            let idle = elapsed - spent.busyMicroseconds - spent.backPressuredMicroseconds
            samples.append(
                MetricSample(TaskManagerMetrics.accumulatedIdleTime, max(0, idle) / 1000, labels)
            )
        }
        if let alignment = stage.alignmentMicroseconds {
            samples.append(
                MetricSample(
                    TaskManagerMetrics.checkpointAlignmentTime,
                    alignment * 1000,
                    labels
                )
            )
        }
        return samples
    }

    private func rates(
        _ rate: SlotRate,
        _ stage: Int,
        _ members: [Int],
        _ labels: [MetricSample.Label]
    ) -> [MetricSample] {
        let backPressured = rate.backPressured[stage]
        let isBackPressured = BackPressureLevel(ratio: backPressured) != .ok
        return [
            MetricSample(TaskManagerMetrics.recordsInPerSecond, rate.rowsIn[members[0]], labels),
            MetricSample(
                TaskManagerMetrics.recordsOutPerSecond,
                rate.rowsOut[members[members.count - 1]],
                labels
            ),
            MetricSample(TaskManagerMetrics.busyTime, rate.busy[stage] * 1000, labels),
            MetricSample(TaskManagerMetrics.idleTime, rate.idle(stage) * 1000, labels),
            MetricSample(TaskManagerMetrics.backPressuredTime, backPressured * 1000, labels),
            MetricSample(
                TaskManagerMetrics.isBackPressured,
                isBackPressured ? 1 as Int64 : 0,
                labels
            ),
        ]
    }
}

// Operators.
extension TaskSamples {
    private func node(
        _ node: JobNode,
        _ metrics: OperatorMetrics,
        _ task: [MetricSample.Label]
    ) -> [MetricSample] {
        let labels = MetricLabels.operator(task: task, uid: node.uid.text, name: node.label)
        var values: [(metric: Metric, value: Int64?)] = [
            (TaskManagerMetrics.operatorRecordsIn, metrics.rowsIn),
            (TaskManagerMetrics.operatorRecordsOut, metrics.rowsOut),
            (TaskManagerMetrics.lateRecordsDropped, metrics.lateRows),
            (TaskManagerMetrics.retractionsWithoutRow, metrics.retractionsWithoutRow),
            (TaskManagerMetrics.recordsDropped, metrics.droppedRows),
            (TaskManagerMetrics.inputWatermark, metrics.watermark),
            (TaskManagerMetrics.outputWatermark, metrics.outputWatermark),
            (TaskManagerMetrics.stateBytes, metrics.stateBytes),
        ]
        switch node.spec {
        case .source, .values:
            values.append((TaskManagerMetrics.recordsInErrors, metrics.undecodableRecords))
            values.append((TaskManagerMetrics.sourceIdleTime, idleMilliseconds(metrics)))
        case .watermark:
            values.append((TaskManagerMetrics.watermarkLag, lagMilliseconds(metrics)))
        case .sink: values.append((TaskManagerMetrics.recordsSent, metrics.rowsSent))
        default: break
        }
        return values.compactMap { metric, value in
            value.map { MetricSample(metric, $0, labels) }
        }
    }

    private func idleMilliseconds(_ metrics: OperatorMetrics) -> Int64? {
        metrics.lastRowMicroseconds.map { max(0, monotonicMicroseconds - $0) / 1000 }
    }

    /// Nil before the first watermark and behind the last.
    private func lagMilliseconds(_ metrics: OperatorMetrics) -> Int64? {
        guard let watermark = metrics.outputWatermark, watermark != Watermark.end else {
            return nil
        }
        return milliseconds - watermark
    }
}
