/// Metrics of a task manager and the subtasks in it, under the names of Flink's reporter.
package enum TaskManagerMetrics {
    /// Bytes planned for state.
    package static let managedMemoryTotal = Metric(
        "flink_taskmanager_Status_Flink_Memory_Managed_Total",
        "Bytes planned for state."
    )
    /// Bytes that the state of all subtasks uses, with what is on its way to disk.
    package static let managedMemoryUsed = Metric(
        "flink_taskmanager_Status_Flink_Memory_Managed_Used",
        "Bytes that the state of all subtasks uses, with what is on its way to disk."
    )
    /// Rows that came in.
    package static let recordsIn = Metric(
        "flink_taskmanager_job_task_numRecordsIn",
        "Rows that came in."
    )
    /// Rows that came in a second.
    package static let recordsInPerSecond = Metric(
        "flink_taskmanager_job_task_numRecordsInPerSecond",
        "Rows that came in a second."
    )
    /// Rows that went out.
    package static let recordsOut = Metric(
        "flink_taskmanager_job_task_numRecordsOut",
        "Rows that went out."
    )
    /// Rows that went out a second.
    package static let recordsOutPerSecond = Metric(
        "flink_taskmanager_job_task_numRecordsOutPerSecond",
        "Rows that went out a second."
    )
    /// Milliseconds of the last second spent working.
    package static let busyTime = Metric(
        "flink_taskmanager_job_task_busyTimeMsPerSecond",
        "Milliseconds of the last second spent working."
    )
    /// Milliseconds of the last second spent neither working nor waiting for those behind.
    package static let idleTime = Metric(
        "flink_taskmanager_job_task_idleTimeMsPerSecond",
        "Milliseconds of the last second spent neither working nor waiting for those behind."
    )
    /// Milliseconds of the last second spent waiting for those behind.
    package static let backPressuredTime = Metric(
        "flink_taskmanager_job_task_backPressuredTimeMsPerSecond",
        "Milliseconds of the last second spent waiting for those behind."
    )
    /// 1 where the subtask waited for those behind it for more than a tenth of the last second.
    package static let isBackPressured = Metric(
        "flink_taskmanager_job_task_isBackPressured",
        "1 where the subtask waited for those behind it for more than a tenth of the last second."
    )
    /// Milliseconds spent working, in all.
    package static let accumulatedBusyTime = Metric(
        "flink_taskmanager_job_task_accumulateBusyTimeMs",
        "Milliseconds spent working, in all."
    )
    /// Milliseconds spent neither working nor waiting for those behind, in all.
    package static let accumulatedIdleTime = Metric(
        "flink_taskmanager_job_task_accumulateIdleTimeMs",
        "Milliseconds spent neither working nor waiting for those behind, in all."
    )
    /// Milliseconds spent waiting for those behind, in all.
    package static let accumulatedBackPressuredTime = Metric(
        "flink_taskmanager_job_task_accumulateBackPressuredTimeMs",
        "Milliseconds spent waiting for those behind, in all."
    )
    /// Nanoseconds that the last alignment of barriers took.
    package static let checkpointAlignmentTime = Metric(
        "flink_taskmanager_job_task_checkpointAlignmentTime",
        "Nanoseconds that the last alignment of barriers took."
    )
    /// Rows that came into the operator.
    package static let operatorRecordsIn = Metric(
        "flink_taskmanager_job_task_operator_numRecordsIn",
        "Rows that came into the operator."
    )
    /// Rows that the operator gave.
    package static let operatorRecordsOut = Metric(
        "flink_taskmanager_job_task_operator_numRecordsOut",
        "Rows that the operator gave."
    )
    /// The last watermark that came in, in milliseconds since 1970.
    package static let inputWatermark = Metric(
        "flink_taskmanager_job_task_operator_currentInputWatermark",
        "The last watermark that came in, in milliseconds since 1970."
    )
    /// The last watermark that went out, in milliseconds since 1970.
    package static let outputWatermark = Metric(
        "flink_taskmanager_job_task_operator_currentOutputWatermark",
        "The last watermark that went out, in milliseconds since 1970."
    )
    /// Rows dropped because they came too late.
    package static let lateRecordsDropped = Metric(
        "flink_taskmanager_job_task_operator_numLateRecordsDropped",
        "Rows dropped because they came too late."
    )
    /// Milliseconds that the watermark of a table is behind the clock.
    package static let watermarkLag = Metric(
        "flink_taskmanager_job_task_operator_watermarkLag",
        "Milliseconds that the watermark of a table is behind the clock."
    )
    /// Milliseconds since the source had a row.
    package static let sourceIdleTime = Metric(
        "flink_taskmanager_job_task_operator_sourceIdleTime",
        "Milliseconds since the source had a row."
    )
    /// Records that could not be decoded and were left out.
    package static let recordsInErrors = Metric(
        "flink_taskmanager_job_task_operator_numRecordsInErrors",
        "Records that could not be decoded and were left out."
    )
    /// Rows that the sink's writer has taken.
    package static let recordsSent = Metric(
        "flink_taskmanager_job_task_operator_numRecordsSend",
        "Rows that the sink's writer has taken."
    )
    /// Rows dropped because a setting says so, such as NULL for a column that is NOT NULL.
    package static let recordsDropped = Metric(
        "apus_taskmanager_job_task_operator_numRecordsDropped",
        "Rows dropped because a setting says so, such as NULL for a column that is NOT NULL."
    )
    /// Retractions whose row was not there.
    package static let retractionsWithoutRow = Metric(
        "apus_taskmanager_job_task_operator_numRetractionsWithoutRow",
        "Retractions whose row was not there."
    )
    /// Bytes of keyed state in memory, with what is on its way to disk.
    package static let stateBytes = Metric(
        "apus_taskmanager_job_task_operator_stateBytes",
        "Bytes of keyed state in memory, with what is on its way to disk."
    )

    /// All of them, for the documentation and its test.
    package static let all = [
        managedMemoryTotal, managedMemoryUsed, recordsIn, recordsInPerSecond, recordsOut,
        recordsOutPerSecond, busyTime, idleTime, backPressuredTime, isBackPressured,
        accumulatedBusyTime, accumulatedIdleTime, accumulatedBackPressuredTime,
        checkpointAlignmentTime, operatorRecordsIn, operatorRecordsOut, inputWatermark,
        outputWatermark, lateRecordsDropped, watermarkLag, sourceIdleTime, recordsInErrors,
        recordsSent, recordsDropped, retractionsWithoutRow, stateBytes,
    ]
}
