package import ClusterProtocol
import NIOCore
import Synchronization

/// A port that accepts control connections.
package final class ControlServer: Sendable {
    private let channel: any Channel

    /// The port; the one that the system chose when 0 was asked for.
    package let port: Int

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    /// Opens the port; blocks until it is open.
    ///
    /// `onConnect` is called on an event loop for each peer whose greeting is in order. Throws when
    /// the port cannot be had.
    package static func listen(
        _ network: ClusterNetwork,
        host: String,
        port: Int,
        accepting roles: Set<ClusterRole>,
        onConnect: @escaping @Sendable (ControlConnection) -> Void
    ) throws(TransportError) -> ControlServer {
        let channel = try network.listen(
            host: host,
            port: port,
            purpose: .control,
            accepting: roles
        ) { ControlSink(network, onConnect: onConnect) }
        return ControlServer(channel)
    }

    /// Closes the port; connections that stand are not touched.
    package func close() {
        channel.close(promise: nil)
    }
}

/// Dials control ports.
package enum ControlClient {
    /// Connects and exchanges greetings; blocks until that is done.
    ///
    /// For worker threads. The time, that of the options when none is given, holds for the connection
    /// and for the greetings, each on its own. Throws, with the sentence of the other end where it gave one, when the
    /// connection is refused or does not stand in time.
    package static func connect(
        _ network: ClusterNetwork,
        host: String,
        port: Int,
        expecting roles: Set<ClusterRole> = [.jobManager],
        timeoutMicroseconds: Int64? = nil
    ) throws(TransportError) -> ControlConnection {
        let options = network.options
        let made = Mutex<ControlConnection?>(nil)
        let box = ConnectionBox(made)
        let ready = network.dial(
            host: host,
            port: port,
            purpose: .control,
            expecting: roles,
            id: nil,
            timeoutMicroseconds: timeoutMicroseconds ?? options.connectTimeoutMicroseconds
        ) { ControlSink(network) { connection in box.connection.withLock { $0 = connection } } }
        do {
            _ = try ready.wait()
        } catch {
            throw TransportError("The control port \(host):\(port) could not be reached.", error)
        }
        guard let connection = box.connection.withLock({ $0 }) else {
            throw TransportError("The control port \(host):\(port) closed the connection.")
        }
        return connection
    }
}

/// Carries a connection from the event loop to the thread that waits for it.
private final class ConnectionBox: Sendable {
    let connection: Mutex<ControlConnection?>

    init(_ connection: consuming Mutex<ControlConnection?>) {
        self.connection = connection
    }
}
