package import Checkpoints
import Connectors
package import Core
import Dataflow
import FoundationEssentials
import JobGraph
import ObjectStore
import Threads

/// What the thread that writes manifests is told.
enum ManifestMail: Sendable {
    case store(PendingCheckpoint)
    /// Delete what no retained checkpoint needs.
    case retain(inProgress: Set<CheckpointID>)
    case stop
}

/// What it answers.
package enum ManifestEvent: Sendable {
    /// `ending` is the savepoint that ends the job, if it is one.
    case stored(CheckpointID, ending: RestorePoint?)
    /// The checkpoint failed; `isFenced` when another leader has taken the job over.
    case failed(CheckpointID, reason: String, isFenced: Bool)
    case warning(String)
}

/// Writes manifests and deletes old checkpoints, on a thread of its own.
final class ManifestStore: Sendable {
    private let job: JobDescription
    private let parallelism: Int
    private let resources: JobResources
    private let writer: CheckpointWriter
    /// The sources of the checkpoint that the attempt began with, if event time has ended in it:
    /// nothing is read any more.
    private let drainedSources: [SourceSnapshot]?
    private let graphText: String
    private let mailbox: Mailbox<ManifestMail>
    private let events: @Sendable (ManifestEvent) -> Void

    init(
        _ job: JobDescription,
        parallelism: Int,
        resources: JobResources,
        writer: CheckpointWriter,
        drainedSources: [SourceSnapshot]?,
        mailbox: Mailbox<ManifestMail>,
        events: @escaping @Sendable (ManifestEvent) -> Void
    ) throws {
        self.job = job
        self.parallelism = parallelism
        self.resources = resources
        self.writer = writer
        self.drainedSources = drainedSources
        self.mailbox = mailbox
        self.events = events
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        graphText = String(decoding: try encoder.encode(job.graph.withoutSecrets), as: UTF8.self)
    }

    /// The life of the thread.
    func run() {
        var mail: [ManifestMail] = []
        while true {
            mailbox.drain(into: &mail)
            for message in mail {
                switch message {
                case .store(let pending): write(pending)
                case .retain(let inProgress): retain(inProgress)
                case .stop: return
                }
            }
            if mail.isEmpty { mailbox.wait() }
            mail.removeAll(keepingCapacity: true)
        }
    }

    private func write(_ pending: PendingCheckpoint) {
        do {
            let target = pending.barrier.target
            let location = pending.barrier.savepoint?.location
            let store = try location.map { try resources.stores.open($0) } ?? resources.store
            let manifest = CheckpointManifest(
                kind: target.kind,
                jobID: job.id,
                checkpointID: pending.id,
                leaderEpoch: writer.leaderEpoch,
                createdMicroseconds: resources.time.nowMicroseconds,
                sqlHash: job.sqlHash,
                jobGraph: graphText,
                parallelism: parallelism,
                maxParallelism: job.graph.settings.maxParallelism,
                sources: drainedSources
                    ?? pending.sourceSnapshots(job.graph, parallelism: parallelism),
                sinks: pending.sinkSnapshots(job.graph),
                operators: pending.operatorSnapshots(job.graph),
                isDrained: drainedSources != nil || pending.drains
            )
            try writer.write(manifest, for: target, to: store)
            var ending: RestorePoint?
            if let place = pending.barrier.savepoint, pending.endsJob {
                let point = RestorePoint(
                    location: place.location,
                    manifest: target.manifestKey(writer.layout),
                    checkpoint: pending.id
                )
                try resources.recordSavepoint(point)
                ending = point
            }
            events(.stored(pending.id, ending: ending))
        } catch {
            let isFenced = (error as? CheckpointError)?.kind == .fenced
            events(
                .failed(pending.id, reason: WrappedFailure(error).message, isFenced: isFenced)
            )
        }
    }

    private func retain(_ inProgress: Set<CheckpointID>) {
        do throws(CheckpointError) {
            try RetentionExecutor(
                store: resources.store,
                layout: writer.layout,
                keep: job.graph.settings.retainedCheckpoints
            ).run(inProgress: inProgress)
        } catch {
            events(.warning(error.message))
        }
    }
}
