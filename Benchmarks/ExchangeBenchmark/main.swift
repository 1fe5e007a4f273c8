import BenchmarkKit
import ClusterProtocol
import Columnar
import Core
import Threads
import Transport

/// The exchange between task managers, both ends in this process.
enum ExchangeBenchmark {
    static let channel = ChannelID(deployment: 1, edge: 0, sender: 0, receiver: 1)
    /// Sizes of frames in KiB; numbers among the arguments replace them.
    static let sizes: [Int] = {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        return numbers.isEmpty ? [32, 256, 1024] : numbers
    }()

    /// Batches under way: sixteen channels, of four slots to four, with the usual credit of two; fewer when large.
    static func window(_ frameBytes: Int) -> Int {
        frameBytes < 100 << 10 ? 32 : frameBytes < 512 << 10 ? 8 : 4
    }

    /// GB of frames per CPU second of the process, senders and receivers together.
    static func throughput(_ pair: ExchangePair, frameBytes: Int, totalBytes: Int) throws -> Double
    {
        let batch = ExchangePair.batch(byteCount: frameBytes)
        let byteCount = batch.wireSize.byteCount
        let window = window(frameBytes)
        let count = max(window * 2, totalBytes / byteCount)
        let channel = channel
        pair.senderEnd.add(window)
        let meter = Meter()
        let thread = WorkerThread(name: "sender") {
            do {
                for _ in 0..<count {
                    pair.senderEnd.take()
                    try pair.sender.send(.batch(batch), channel: channel, to: "b")
                }
            } catch {
                Report.note("send: \(error)")
            }
        }
        thread.join()
        pair.senderEnd.drain(window)
        let seconds = meter.process
        return Double(count) * Double(byteCount) / seconds / 1e9
    }

    /// Microseconds from a send to the credit for it, at a low rate: both ways together.
    static func roundTrips(_ pair: ExchangePair, perSecond: Int, count: Int) throws -> [Double] {
        let batch = ExchangePair.batch(byteCount: 32 << 10)
        let pause = ThreadSignal()
        let clock = SystemTime()
        var times: [Double] = []
        let start = clock.monotonicMicroseconds
        for number in 0..<count {
            let due = start + Int64(number) * 1_000_000 / Int64(perSecond)
            let early = due - clock.monotonicMicroseconds
            if early > 0 { pause.wait(forMicroseconds: early) }
            let meter = Meter()
            try pair.sender.send(.batch(batch), channel: channel, to: "b")
            pair.senderEnd.take()
            times.append(meter.wall * 1e6)
        }
        return times.sorted()
    }

    /// GB per CPU second of one thread for the wire form alone.
    static func codec() throws {
        let batch = ExchangePair.batch(byteCount: 256 << 10)
        let frame = DataFrame(channel: channel, sequence: 0, output: 0, element: .batch(batch))
        let writer = DataFrameWriter(frame)
        let rounds = 4000
        let total = Double(rounds * writer.byteCount)
        var bytes = [UInt8](repeating: 0, count: writer.byteCount)
        var writes: [Double] = []
        var reads: [Double] = []
        let body = FrameHeader.byteCount + DataHead.byteCount
        for _ in 0..<5 {
            let writing = Meter()
            for _ in 0..<rounds { fill(&bytes, DataFrameWriter(frame)) }
            writes.append(total / writing.thread / 1e9)
            let reading = Meter()
            for _ in 0..<rounds {
                let payload = bytes.span.extracting(body..<bytes.count)
                let back = try RecordBatch.readWire(payload, types: ExchangePair.types)
                precondition(back.count == batch.count, "another batch came back")
            }
            reads.append(total / reading.thread / 1e9)
        }
        Report.line("write the wire form, 256 KiB", medianOf: writes, "GB/s", .atLeast(5))
        Report.line("read and check it", medianOf: reads, "GB/s", .atLeast(5))
    }

    private static func fill(_ bytes: inout [UInt8], _ writer: DataFrameWriter) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
            writer.write(into: &output)
        }
    }

    static func exchange(
        _ name: String,
        compression: Bool = false,
        tls: TransportOptions.TLS? = nil
    ) throws {
        let pair = try ExchangePair(compression: compression, tls: tls)
        defer { pair.close() }
        let isPlain = !compression && tls == nil
        for kilobytes in sizes {
            var figures: [Double] = []
            for _ in 0..<5 {
                figures.append(
                    try throughput(
                        pair,
                        frameBytes: kilobytes << 10,
                        totalBytes: isPlain ? 2 << 30 : 512 << 20
                    )
                )
            }
            let hasBudget = isPlain && kilobytes == 32
            Report.line(
                "\(name), frames of \(kilobytes) KiB",
                medianOf: figures,
                "GB/CPU s",
                hasBudget ? .atLeast(3) : nil
            )
        }
        let times = try roundTrips(pair, perSecond: 1000, count: 5000)
        Report.line("\(name), batch and credit, p50", Figure(times[2500], "µs"))
        Report.line(
            "\(name), batch and credit, p99",
            Figure(times[4950], "µs", isPlain ? .atMost(1000) : nil)
        )
    }

    static func main() throws {
        let words = CommandLine.arguments.dropFirst().filter { Int($0) == nil }
        let isWanted: (String) -> Bool = { words.isEmpty || words.contains($0) }
        Report.begin("Exchange over loopback, both ends in one process")
        if isWanted("codec") { try codec() }
        if isWanted("raw") {
            for kilobytes in sizes {
                let figures = try (0..<5).map { _ in
                    try RawLoopback.throughput(writeBytes: kilobytes << 10, totalBytes: 2 << 30)
                }
                Report.line(
                    "two blocking sockets, \(kilobytes) KiB",
                    medianOf: figures,
                    "GB/CPU s"
                )
            }
        }
        if isWanted("plain") { try exchange("plain") }
        if isWanted("lz4") { try exchange("LZ4", compression: true) }
        if isWanted("tls") {
            let files = try TLSFiles()
            try exchange("TLS", tls: files.options)
        }
    }
}

try ExchangeBenchmark.main()
