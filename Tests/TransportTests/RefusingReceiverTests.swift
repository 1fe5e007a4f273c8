import ClusterProtocol
import Columnar
import Testing
import Transport

/// A receiver that knows better than the protocol who may send what.
@Suite struct RefusingReceiverTests {
    /// Takes nothing of anybody.
    private final class Refusing: DataReceiver {
        let events = Notes()

        func types(of _: ChannelID) -> [DataType]? { [.bigint] }

        func receive(_: DataFrame, from peerID: String) throws(ProtocolError) {
            throw ProtocolError(.unexpected, "The channel is not that of '\(peerID)'.")
        }

        func peerConnected(_: String) {}

        func peerLost(_ peerID: String, reason: String) { events.add("lost \(peerID): \(reason)") }
    }

    @Test func `a peer whose frame the receiver refuses is told, counted and lost`() throws {
        let program = try TestProgram("m")
        defer { program.close() }
        let receiver = Refusing()
        let plane = try DataPlane.listen(
            program.network,
            host: "127.0.0.1",
            port: 0,
            receiver: receiver
        )
        let peer = try RawPeer(port: plane.port, id: "a")
        peer.send(
            RawPeer.bytes(
                DataFrame(
                    channel: HostileTests.channel,
                    sequence: 0,
                    output: 0,
                    element: .idle
                )
            )
        )
        let farewell = try peer.farewell()
        #expect(farewell.reason == "unexpected")
        #expect(farewell.sentence == "The channel is not that of 'a'.")
        #expect(peer.isClosedByPeer)
        #expect(program.network.figures.refused[.unexpected] == 1)
        #expect(receiver.events.wait(for: 1) == ["lost a: The channel is not that of 'a'."])
    }
}
