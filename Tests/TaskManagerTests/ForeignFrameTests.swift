import ClusterProtocol
import Core
import Synchronization
import TaskManager
import Testing

/// Frames of peers that have no business on a channel.
@Suite struct ForeignFrameTests {
    private func frame(sender: UInt32, receiver: UInt32) -> DataFrame {
        DataFrame(
            channel: ChannelID(deployment: 7, edge: 0, sender: sender, receiver: receiver),
            sequence: 0,
            output: 0,
            element: .idle
        )
    }

    @Test func `a frame on a channel that is not the sender's is refused and fails the attempt`()
        throws
    {
        let failures = Mutex<[String]>([])
        let tasks = DeployedTasks { _, failure in
            failures.withLock { $0.append(failure.message) }
        }
        tasks.add(SampleTask().task)
        let sentence = """
            Task manager 'stranger' sent on edge 0 from slot 1 to slot 0 of deployment 7, which is \
            not its.
            """
        #expect(throws: ProtocolError(.unexpected, sentence)) {
            try tasks.receive(frame(sender: 1, receiver: 0), from: "stranger")
        }
        #expect(failures.withLock { $0 } == [sentence])
        // To a slot that runs elsewhere.
        #expect(throws: ProtocolError.self) {
            try tasks.receive(frame(sender: 0, receiver: 1), from: "there")
        }
        try tasks.receive(frame(sender: 1, receiver: 0), from: "there")
        #expect(failures.withLock { $0.count } == 2)
    }
}
