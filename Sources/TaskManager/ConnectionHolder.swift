package import ClusterMessages
import ClusterProtocol
import Synchronization
package import Transport

/// The connection with the job manager, for threads that have something to tell it.
package final class ConnectionHolder: Sendable {
    private let current = Mutex<ControlConnection?>(nil)

    package init() {}

    package func replace(_ connection: ControlConnection?) {
        current.withLock { $0 = connection }
    }

    var address: String { current.withLock { $0?.remoteAddress } ?? "" }

    /// Sends a message, if there is anybody to hear it; one that is too large fails its job only.
    package func send(_ message: ToJobManager) {
        guard let connection = current.withLock({ $0 }) else { return }
        let body = ControlCodec.encode(message)
        if connection.send(body) { return }
        let smaller = message.replacement(
            byteCount: body.count,
            byteCountMax: connection.messageBytesMax
        )
        if let smaller { connection.send(ControlCodec.encode(smaller)) }
    }

    /// Refuses whoever is at the other end.
    func refuse(_ reason: RefusalReason, _ sentence: String) {
        current.withLock { $0 }?.refuse(reason, sentence)
    }
}
