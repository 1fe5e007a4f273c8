import ClusterProtocol
import Columnar
import Synchronization
import Threads
import Transport

/// Sentences and other texts that callbacks leave behind.
final class Notes: Sendable {
    private let notes = Mutex<[String]>([])
    private let arrival = ThreadSignal()

    func add(_ note: String) {
        notes.withLock { $0.append(note) }
        arrival.raise()
    }

    var all: [String] { notes.withLock { $0 } }

    /// Waits until there are so many, or a long time is over.
    @discardableResult
    func wait(for count: Int) -> [String] {
        for _ in 0..<2000 where all.count < count { arrival.wait(forMicroseconds: 10_000) }
        return all
    }
}

/// Collects what comes over data connections.
final class TestReceiver: DataReceiver {
    struct Received: Sendable {
        let channel: ChannelID
        let sequence: UInt32
        let output: UInt8
        let element: DataElement
        let peer: String
    }

    let types: [DataType]
    let deployments: Mutex<Set<UInt64>>
    let events = Notes()
    private let frames = Mutex<[Received]>([])
    private let arrival = ThreadSignal()

    init(_ types: [DataType], deployments: Set<UInt64> = [1]) {
        self.types = types
        self.deployments = Mutex(deployments)
    }

    func types(of channel: ChannelID) -> [DataType]? {
        deployments.withLock { $0.contains(channel.deployment) } ? types : nil
    }

    func receive(_ frame: DataFrame, from peerID: String) {
        let received = Received(
            channel: frame.channel,
            sequence: frame.sequence,
            output: frame.output,
            element: frame.element,
            peer: peerID
        )
        frames.withLock { $0.append(received) }
        arrival.raise()
    }

    func peerConnected(_ peerID: String) { events.add("connected \(peerID)") }

    func peerLost(_ peerID: String, reason: String) { events.add("lost \(peerID): \(reason)") }

    var received: [Received] { frames.withLock { $0 } }

    func wait(for count: Int) -> [Received] {
        for _ in 0..<3000 where frames.withLock({ $0.count }) < count {
            arrival.wait(forMicroseconds: 10_000)
        }
        return received
    }
}

/// One program of a cluster inside the test.
final class TestProgram: Sendable {
    let network: ClusterNetwork
    let refusals = Notes()
    let notes = Notes()

    init(
        _ id: String,
        _ role: ClusterRole = .taskManager,
        change: (inout TransportOptions) -> Void = { _ in }
    ) throws {
        var options = TransportOptions(clusterID: "test")
        options.token = "secret"
        change(&options)
        network = try ClusterNetwork(
            options,
            identity: NetworkIdentity(role: role, id: id, softwareVersion: "0.1.0"),
            onNote: { [notes] in notes.add($0) },
            onRefused: { [refusals] in refusals.add($0) }
        )
    }

    func close() { network.close() }

    /// Waits until a condition holds, or a long time is over.
    static func eventually(_ condition: () -> Bool) -> Bool {
        let signal = ThreadSignal()
        for _ in 0..<2000 {
            if condition() { return true }
            signal.wait(forMicroseconds: 10_000)
        }
        return false
    }
}
