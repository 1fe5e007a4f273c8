import Checkpoints
import ClusterMessages
package import Core
package import JobGraph
import Threads

extension CheckpointRetention {
    /// Whether a job that has ended so needs its checkpoints no more.
    package func discards(after outcome: JobOutcome) -> Bool {
        switch (self, outcome) {
        case (.retainOnCancellation, _), (.deleteOnCancellation, .failed): false
        case (.deleteOnCancellation, _), (.noExternalizedCheckpoints, _): true
        }
    }
}

// What becomes of jobs that have ended.
extension ClusterState {
    /// Stores that a job has ended; people are told when that is done.
    func keepEnd(_ record: JobRecord) {
        let post = post
        let id = record.id
        registry.keep(record) { _ = post(.ask { $0?.endIsOnRecord(of: id) }) }
    }

    /// Another leader knows now that a job has ended: it is shown, and what it will not need may
    /// go.
    private func endIsOnRecord(of id: JobID) {
        jobs[id]?.isEndOnRecord = true
        jobs[id]?.historian?.endIsOnRecord()
        discardCheckpoints()
    }

    /// Ends for good a job that cannot be planned here; its checkpoints stay, since what is to
    /// become of them is in the script.
    func cancelUnplanned(_ id: JobID) {
        guard var job = jobs[id], job.isUnplanned else { return }
        job.record.state = .cancelled
        job.record.failure = nil
        job.record.endedMicroseconds = resources.time.nowMicroseconds
        jobs[id] = job
        keepEnd(job.record)
    }

    /// Deletes the checkpoints of jobs that have ended and want that, but not those that another
    /// job was started from and may have to start from again.
    func discardCheckpoints() {
        for job in jobs.values
        where job.isEndOnRecord && job.record.discardsCheckpoints == true {
            let id = job.record.id
            guard !discarding.contains(id), !isStartedFrom(id) else { continue }
            discarding.insert(id)
            let disposal = CheckpointDisposal(
                store: resources.store,
                layout: CheckpointLayout(jobID: id)
            )
            let post = post
            _ = WorkerThread(name: "discard") {
                do throws(CheckpointError) {
                    let count = try disposal.run()
                    _ = post(.ask { $0?.checkpointsDiscarded(of: id, count: count) })
                } catch {
                    let reason = error.description
                    _ = post(.ask { $0?.checkpointsRemain(of: id, reason: reason) })
                }
            }
        }
    }

    /// Whether a job that has not ended was started from a checkpoint of another.
    private func isStartedFrom(_ id: JobID) -> Bool {
        jobs.values.contains { other in
            !other.isEndOnRecord && other.record.id != id
                && other.record.savepointPath?.contains("\(id)/chk-") == true
        }
    }

    private func checkpointsDiscarded(of id: JobID, count: Int) {
        guard var job = jobs[id] else { return }
        discarding.remove(id)
        job.record.discardsCheckpoints = nil
        jobs[id] = job
        job.historian?.checkpointsDiscarded()
        registry.keep(job.record)
        resources.log(
            .info,
            "job '\(job.record.name)' (\(id)): its \(count) checkpoints were deleted, as "
                + "'execution.checkpointing.externalized-checkpoint-retention' says."
        )
    }

    /// The next leader, or the next job that ends, tries again.
    private func checkpointsRemain(of id: JobID, reason: String) {
        discarding.remove(id)
        resources.log(
            .warning,
            "The checkpoints of job '\(jobs[id]?.record.name ?? "")' (\(id)), which has ended, could "
                + "not be deleted: \(reason)"
        )
    }

    /// Forgets jobs that ended long ago, and the oldest when there are too many.
    func forgetExpired() {
        guard now - lastExpiryMicroseconds >= ManagerLimits.expiryMicroseconds else { return }
        lastExpiryMicroseconds = now
        var ended: [(id: JobID, at: Int64)] = []
        for job in jobs.values where job.record.state.isTerminal {
            // One whose checkpoints wait to be deleted is remembered for that.
            guard job.isEndOnRecord, job.record.discardsCheckpoints != true,
                let at = job.record.endedMicroseconds
            else { continue }
            ended.append((job.record.id, at))
        }
        let expired = EndedJobs.expired(
            ended,
            nowMicroseconds: resources.time.nowMicroseconds,
            options
        )
        for id in expired {
            jobs[id] = nil
            order.removeAll { $0 == id }
            machine.forget(id)
            registry.remove(id)
        }
    }
}

/// Which jobs that have ended are forgotten.
package enum EndedJobs {
    /// Decides; pure.
    ///
    /// - Parameters:
    ///   - ended: the jobs that have ended, and when.
    ///   - now: the time of day.
    ///   - options: how long, and how many.
    /// - Returns: those to forget, the oldest first.
    package static func expired(
        _ ended: [(id: JobID, at: Int64)],
        nowMicroseconds now: Int64,
        _ options: ClusterOptions
    ) -> [JobID] {
        let sorted = ended.sorted { ($0.at, $0.id.text) < ($1.at, $1.id.text) }
        let excess = options.endedJobsMax.map { max(0, sorted.count - $0) } ?? 0
        return sorted.enumerated().filter { index, job in
            index < excess || now - job.at >= options.jobExpirationMicroseconds
        }.map(\.element.id)
    }
}
