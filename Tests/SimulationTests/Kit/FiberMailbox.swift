/// The mail of one piece of blocking code.
final class FiberMailbox<Message> {
    private let process: SimulatedProcess
    private let run: Int
    private var queue: [Message] = []
    private var waiting: (() -> Void)?
    private(set) var isClosed = false

    init(_ process: SimulatedProcess) {
        self.process = process
        run = process.incarnation
        process.whenCrashed { [weak self] in self?.close() }
    }

    func send(_ message: Message) {
        guard !isClosed else { return }
        queue.append(message)
        wakeUp()
    }

    /// Ends the code that receives here, at its next look.
    func close() {
        isClosed = true
        wakeUp()
    }

    private func wakeUp() {
        let wake = waiting
        waiting = nil
        wake?()
    }

    /// Blocking: the next message; nil when the mailbox is closed.
    func receive() -> Message? {
        while queue.isEmpty, !isClosed {
            guard process.wait(run: run, { waiting = $0 }) else { return nil }
        }
        return isClosed ? nil : queue.removeFirst()
    }
}
