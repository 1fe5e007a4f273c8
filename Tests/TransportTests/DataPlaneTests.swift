import ClusterProtocol
import Columnar
import Testing
import Threads
import Transport

@Suite struct DataPlaneTests {
    static let types: [DataType] = [.bigint, .string]

    static func batch(_ number: Int) throws -> RecordBatch {
        let rows = number % 40 + 1
        let numbers = (0..<rows).map { Int64(number * 1000 + $0) }
        let texts = (0..<rows).map { String(repeating: "x", count: (number + $0) % 50) }
        return RecordBatch(
            [
                Column(.bigint, FixedValues(numbers)),
                Column(.string, BytesValues(texts)),
            ],
            count: rows
        )
    }

    @Test func `ten thousand batches from four threads arrive in order`() throws {
        let a = try TestProgram("a")
        let b = try TestProgram("b")
        defer {
            a.close()
            b.close()
        }
        let atA = TestReceiver(Self.types)
        let atB = TestReceiver(Self.types)
        let planeA = try DataPlane.listen(a.network, host: "127.0.0.1", port: 0, receiver: atA)
        let planeB = try DataPlane.listen(b.network, host: "127.0.0.1", port: 0, receiver: atB)
        let all = [
            PeerAddress(id: "a", host: "127.0.0.1", port: planeA.port),
            PeerAddress(id: "b", host: "127.0.0.1", port: planeB.port),
        ]
        // The one that waits is asked first.
        let waiting = WorkerThread(name: "waiting") {
            do {
                try planeB.connect(to: all, timeoutMicroseconds: 10_000_000)
            } catch { Issue.record(error) }
        }
        try planeA.connect(to: all, timeoutMicroseconds: 10_000_000)
        waiting.join()
        let threads = (0..<4).map { thread in
            WorkerThread(name: "sender-\(thread)") {
                let (plane, peer) = thread < 2 ? (planeA, "b") : (planeB, "a")
                let channel = ChannelID(
                    deployment: 1,
                    edge: 3,
                    sender: UInt32(thread),
                    receiver: 7
                )
                do {
                    for number in 0..<2500 {
                        let batch = try Self.batch(number)
                        #expect(
                            try plane.send(.batch(batch), channel: channel, output: 2, to: peer)
                        )
                        if number % 10 == 0 {
                            try plane.send(.watermark(Int64(number)), channel: channel, to: peer)
                        }
                    }
                } catch { Issue.record(error) }
            }
        }
        for thread in threads { thread.join() }
        for receiver in [atA, atB] {
            let received = receiver.wait(for: 5500)
            #expect(received.count == 5500)
            for thread in Set(received.map(\.channel.sender)) {
                let frames = received.filter { $0.channel.sender == thread }
                #expect(frames.map(\.sequence) == (0..<2750).map(UInt32.init))
                var number = 0
                for frame in frames {
                    switch frame.element {
                    case .batch(let batch):
                        #expect(frame.output == 2)
                        let expected = try Self.batch(number)
                        #expect(batch.columns[0].int64s.array == expected.columns[0].int64s.array)
                        #expect(batch.columns[1].byteStrings == expected.columns[1].byteStrings)
                        number += 1
                    case .watermark(let milliseconds): #expect(milliseconds == Int64(number - 1))
                    default: Issue.record("an unexpected element")
                    }
                }
                #expect(number == 2500)
            }
        }
        #expect(atA.events.all == ["connected b"])
        #expect(atB.events.all == ["connected a"])
    }
}
