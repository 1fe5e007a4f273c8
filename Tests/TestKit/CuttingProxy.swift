import Glibc
import Synchronization
import Threads

/// A TCP proxy in front of a server, whose connections a test can cut, refuse and slow down.
package final class CuttingProxy: Sendable {
    private struct State {
        var pairs: [(LoopbackSocket, LoopbackSocket)] = []
        var isRefusing = false
        var delayMicroseconds: UInt32 = 0
        var isClosed = false
    }

    private let listener: LoopbackSocket
    private let target: Int
    private let state = Mutex(State())

    package var port: Int { listener.port }

    package init(to target: Int) throws {
        listener = try LoopbackSocket.listen()
        self.target = target
        _ = WorkerThread(name: "proxy") { [self] in accept() }
    }

    private func accept() {
        while let client = listener.accept() {
            if state.withLock({ $0.isClosed }) {
                client.close()
                return
            }
            guard !state.withLock({ $0.isRefusing }),
                let server = LoopbackSocket.connect(port: target)
            else {
                client.close()
                continue
            }
            state.withLock { $0.pairs.append((client, server)) }
            _ = WorkerThread(name: "proxy-up") { [self] in pump(client, server) }
            _ = WorkerThread(name: "proxy-down") { [self] in pump(server, client) }
        }
    }

    private func pump(_ from: LoopbackSocket, _ to: LoopbackSocket) {
        from.copyAll(to: to) { [self] in
            let delay = state.withLock { $0.delayMicroseconds }
            if delay > 0 { usleep(delay) }
        }
        from.shut()
        to.shut()
    }

    /// Breaks all connections that are open now.
    package func cut() {
        let pairs = state.withLock { state -> [(LoopbackSocket, LoopbackSocket)] in
            defer { state.pairs = [] }
            return state.pairs
        }
        for (client, server) in pairs {
            client.shut()
            server.shut()
        }
    }

    /// Whether new connections are refused from now on.
    package func refuse(_ isRefusing: Bool) {
        state.withLock { $0.isRefusing = isRefusing }
    }

    /// Holds every piece of data back for a while.
    package func delay(microseconds: UInt32) {
        state.withLock { $0.delayMicroseconds = microseconds }
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        cut()
        // Wakes the thread that waits for clients.
        LoopbackSocket.connect(port: port)?.close()
    }
}
