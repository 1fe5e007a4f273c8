package import Connectors
package import Core
import Threads

/// What an enumerator's thread is told.
enum EnumeratorMail: Sendable {
    case nextSplit(subtask: Int)
    case finished(FinishedSplit)
    case snapshot(CheckpointID)
    case completed(CheckpointID)
    case stop
}

/// What an enumerator's thread answers.
package enum EnumeratorEvent: Sendable {
    case assignment(node: Int, subtask: Int, SplitAssignment)
    case snapshot(node: Int, CheckpointID, state: String)
    case failed(WrappedFailure)
}

/// Runs one enumerator on a thread of its own: it may block on the external system.
final class EnumeratorHost {
    private let node: Int
    private let enumerator: any SplitEnumerator
    private let mailbox: Mailbox<EnumeratorMail>
    private let events: @Sendable (EnumeratorEvent) -> Void
    private var isStopped = false

    init(
        node: Int,
        enumerator: any SplitEnumerator,
        mailbox: Mailbox<EnumeratorMail>,
        events: @escaping @Sendable (EnumeratorEvent) -> Void
    ) {
        self.node = node
        self.enumerator = enumerator
        self.mailbox = mailbox
        self.events = events
    }

    /// The life of the thread.
    ///
    /// - Parameter restored: the source's part of a checkpoint; nil for a fresh start.
    func run(restored: RestoredSource?) {
        defer { enumerator.close() }
        do {
            if let restored {
                try enumerator.restore(
                    state: restored.state,
                    held: restored.held,
                    finished: restored.finished
                )
            } else {
                try enumerator.start()
            }
            var mail: [EnumeratorMail] = []
            while !isStopped {
                mailbox.drain(into: &mail)
                // A reader asks again while the enumerator is busy: that is one request.
                var asked: Set<Int> = []
                for message in mail where !isStopped {
                    if case .nextSplit(let subtask) = message, !asked.insert(subtask).inserted {
                        continue
                    }
                    try handle(message)
                }
                if mail.isEmpty { mailbox.wait() }
                mail.removeAll(keepingCapacity: true)
            }
        } catch {
            events(.failed(WrappedFailure(error)))
        }
    }

    private func handle(_ message: EnumeratorMail) throws(ConnectorError) {
        switch message {
        case .nextSplit(let subtask):
            let assignment = try enumerator.nextSplit(forSubtask: subtask)
            events(.assignment(node: node, subtask: subtask, assignment))
        case .finished(let split): try enumerator.splitFinished(split)
        case .snapshot(let checkpoint):
            let state = try enumerator.snapshot(checkpoint)
            events(.snapshot(node: node, checkpoint, state: state))
        case .completed(let checkpoint): try enumerator.checkpointCompleted(checkpoint)
        case .stop: isStopped = true
        }
    }
}

/// A source's part of a checkpoint.
struct RestoredSource: Sendable {
    let state: String
    /// What all readers held.
    let held: [SourceSplit]
    let finished: [FinishedSplit]
}
