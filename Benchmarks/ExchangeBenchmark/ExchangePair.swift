import BenchmarkKit
import ClusterProtocol
import Columnar
import Core
import Synchronization
import Threads
import Transport

/// Two task managers in one process, connected over loopback.
final class ExchangePair: Sendable {
    static let types: [DataType] = [.bigint, .bigint, .string, .double]

    let sender: DataPlane
    let senderEnd: CreditCounter
    let receiverEnd: EchoReceiver
    private let networks: [ClusterNetwork]

    init(compression: Bool, tls: TransportOptions.TLS?) throws {
        var options = TransportOptions(clusterID: "benchmark")
        options.compression.isEnabled = compression
        options.tls = tls
        options.eventLoopThreads = 1
        networks = try ["a", "b"].map { id in
            try ClusterNetwork(
                options,
                identity: NetworkIdentity(role: .taskManager, id: id, softwareVersion: "0")
            ) { Report.note($0) }
        }
        senderEnd = CreditCounter()
        receiverEnd = EchoReceiver()
        sender = try .listen(networks[0], host: "127.0.0.1", port: 0, receiver: senderEnd)
        let plane = try DataPlane.listen(
            networks[1],
            host: "127.0.0.1",
            port: 0,
            receiver: receiverEnd
        )
        receiverEnd.attach(plane)
        let address = PeerAddress(id: "b", host: "127.0.0.1", port: plane.port)
        try sender.connect(to: [address], timeoutMicroseconds: 10_000_000)
    }

    func close() {
        for network in networks { network.close() }
    }

    /// A batch whose wire form has about so many bytes.
    static func batch(byteCount: Int) -> RecordBatch {
        var numbers = Numbers(seed: 7)
        let rows = byteCount / 44
        let texts = (0..<rows).map { _ in "customer-\(numbers.next(below: 1_000_000_000_000))" }
        return RecordBatch(
            [
                Column(.bigint, FixedValues((0..<rows).map { Int64($0) })),
                Column(.bigint, FixedValues((0..<rows).map { _ in Int64(numbers.next() >> 40) })),
                Column(.string, BytesValues(texts)),
                Column(.double, FixedValues((0..<rows).map { _ in Double(numbers.next() >> 44) })),
            ],
            count: rows
        )
    }
}

/// The sending end: waits for credit as a slot does.
final class CreditCounter: DataReceiver {
    private let available = Mutex(0)
    private let arrival = ThreadSignal()

    func types(of channel: ChannelID) -> [DataType]? { ExchangePair.types }

    func receive(_ frame: DataFrame, from peerID: String) {
        guard case .credit(let batches) = frame.element else { return }
        add(Int(batches))
    }

    func add(_ batches: Int) {
        available.withLock { $0 += batches }
        arrival.raise()
    }

    /// Takes one credit, waiting for it.
    func take() {
        while true {
            let isTaken = available.withLock { available -> Bool in
                guard available > 0 else { return false }
                available -= 1
                return true
            }
            if isTaken { return }
            arrival.wait()
        }
    }

    /// Waits until all of so many credits are back, and takes them.
    func drain(_ batches: Int) {
        for _ in 0..<batches { take() }
    }

    func peerConnected(_ peerID: String) {}

    func peerLost(_ peerID: String, reason: String) {}
}

/// The receiving end: gives credit for each batch as soon as it is decoded.
final class EchoReceiver: DataReceiver {
    private let plane = Mutex<DataPlane?>(nil)
    private let rows = Atomic<Int>(0)

    func attach(_ plane: DataPlane) { self.plane.withLock { $0 = plane } }

    func types(of channel: ChannelID) -> [DataType]? { ExchangePair.types }

    func receive(_ frame: DataFrame, from peerID: String) {
        guard case .batch(let batch) = frame.element else { return }
        rows.wrappingAdd(batch.count, ordering: .relaxed)
        do {
            try plane.withLock { $0 }?.send(.credit(batches: 1), channel: frame.channel, to: peerID)
        } catch {
            Report.note("credit: \(error)")
        }
    }

    var rowsReceived: Int { rows.load(ordering: .relaxed) }

    func peerConnected(_ peerID: String) {}

    func peerLost(_ peerID: String, reason: String) {}
}
