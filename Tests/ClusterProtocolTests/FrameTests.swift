import ClusterProtocol
import Columnar
import Testing

/// Frames as bytes and back.
enum Frames {
    static func bytes(
        _ element: DataElement,
        channel: ChannelID = ChannelID(deployment: 1, edge: 2, sender: 3, receiver: 4),
        sequence: UInt32 = 0,
        output: UInt8 = 0,
        isContinued: Bool = false,
        compression: CompressionOptions = .off
    ) -> [UInt8] {
        let frame = DataFrame(
            channel: channel,
            sequence: sequence,
            output: output,
            element: element,
            isContinued: isContinued
        )
        let writer = DataFrameWriter(frame, compression: compression)
        return [UInt8](capacity: writer.byteCount) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                var output = unsafe OutputRawSpan(
                    buffer: UnsafeMutableRawBufferPointer(buffer),
                    initializedCount: 0
                )
                writer.write(into: &output)
                count = output.byteCount
            }
        }
    }

    static func established(_ limits: FrameReader.Limits = FrameReader.Limits()) -> FrameReader {
        var reader = FrameReader(limits: limits)
        reader.isEstablished = true
        return reader
    }

    /// Reads one whole data frame.
    static func read(
        _ bytes: [UInt8],
        types: [DataType],
        limits: FrameReader.Limits = FrameReader.Limits()
    ) throws(ProtocolError) -> DataFrame {
        guard case .frame(let header) = try established(limits).next(bytes.span) else {
            throw ProtocolError(.truncated, "not whole")
        }
        let body = bytes.span.extracting(FrameHeader.byteCount..<header.frameByteCount)
        let head = try DataHead(body)
        let element = try DataFrameReader.element(
            header,
            body,
            types: types,
            batchBytesMax: limits.dataBytes
        )
        return DataFrame(
            channel: head.channel,
            sequence: head.sequence,
            output: head.output,
            element: element,
            isContinued: header.flags.contains(.isContinued)
        )
    }

    static func reason(_ body: () throws -> Void) -> RefusalReason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ProtocolError)?.reason
        }
    }
}

@Suite struct FrameTests {
    private static let types: [DataType] = [.bigint, .string]

    private static func batch(_ rows: Int) -> RecordBatch {
        RecordBatch(
            [
                Column(.bigint, FixedValues((0..<rows).map { Int64($0 * 3) })),
                Column(.string, BytesValues((0..<rows).map { "text \($0 % 10)" })),
            ],
            count: rows
        )
    }

    @Test func `data frames come back as they were`() throws {
        let channel = ChannelID(
            deployment: .max - 1,
            edge: 70_000,
            sender: .max,
            receiver: 0x0102_0304
        )
        let barrier = BarrierMark(checkpoint: 1 << 40, flags: 0x81, text: "savepoint ü")
        let elements: [DataElement] = [
            .watermark(.min), .idle, .barrier(barrier), .credit(batches: .max),
        ]
        for element in elements {
            let bytes = Frames.bytes(element, channel: channel, sequence: 99, output: 255)
            let back = try Frames.read(bytes, types: [])
            #expect(back.channel == channel && back.sequence == 99 && back.output == 255)
            #expect("\(back.element)" == "\(element)")
        }
        let bytes = Frames.bytes(.batch(Self.batch(10)), isContinued: true)
        let back = try Frames.read(bytes, types: Self.types)
        guard case .batch(let batch) = back.element else {
            Issue.record("no batch")
            return
        }
        #expect(back.isContinued)
        #expect(batch.columns[1].byteStrings.strings == (0..<10).map { "text \($0)" })
    }

    @Test func `batches above the threshold are compressed when that helps`() throws {
        let compression = CompressionOptions(isEnabled: true, thresholdBytes: 1000)
        let small = Frames.bytes(.batch(Self.batch(10)), compression: compression)
        #expect(small[5] == 0)
        let plain = Frames.bytes(.batch(Self.batch(2000)))
        let block = Frames.bytes(.batch(Self.batch(2000)), compression: compression)
        #expect(block[5] == 1)
        #expect(block.count < plain.count / 2)
        guard case .batch(let back) = try Frames.read(block, types: Self.types).element else {
            Issue.record("no batch")
            return
        }
        #expect(back.columns[0].int64s.array == Self.batch(2000).columns[0].int64s.array)
        // Noise does not get smaller and travels as it is.
        var state: UInt64 = 1
        let noise = (0..<2000).map { _ -> Int64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(bitPattern: state ^ (state >> 29))
        }
        let random = RecordBatch([Column(.bigint, FixedValues(noise))], count: 2000)
        #expect(Frames.bytes(.batch(random), compression: compression)[5] == 0)
    }

    @Test func `compressed batches are bounded and checked`() throws {
        let compression = CompressionOptions(isEnabled: true, thresholdBytes: 0)
        let good = Frames.bytes(.batch(Self.batch(2000)), compression: compression)
        // The announced length lies behind the header and the channel.
        let place = FrameHeader.byteCount + DataHead.byteCount
        for (length, reason) in [
            ([0x7F, 0xFF, 0xFF, 0xFF], RefusalReason.oversized), ([0, 0, 0x10, 0], .malformed),
            ([0, 1, 0, 0], .malformed), ([0, 0, 0, 0], .malformed),
        ] as [([UInt8], RefusalReason)] {
            var bytes = good
            bytes.replaceSubrange(place..<place + 4, with: length)
            #expect(Frames.reason { _ = try Frames.read(bytes, types: Self.types) } == reason)
        }
        let limits = FrameReader.Limits(dataBytes: good.count)
        #expect(
            Frames.reason { _ = try Frames.read(good, types: Self.types, limits: limits) }
                == .oversized
        )
    }

    @Test func `a stream is cut into frames wherever it is split`() throws {
        let stream =
            FrameHeader.frame(.control, Array("{}".utf8)) + Frames.bytes(.idle)
            + FrameHeader.frame(.goodbye, [])
        let reader = Frames.established()
        var kinds: [FrameKind] = []
        var unread: [UInt8] = []
        var needs = FrameHeader.byteCount
        for byte in stream {
            unread.append(byte)
            guard unread.count >= needs else { continue }
            switch try reader.next(unread.span) {
            case .needs(let byteCount):
                #expect(byteCount > unread.count)
                needs = byteCount
            case .frame(let header):
                #expect(header.frameByteCount == unread.count)
                kinds.append(header.kind)
                unread = []
                needs = FrameHeader.byteCount
            }
        }
        #expect(kinds == [.control, .idle, .goodbye])
        try reader.finish(unread: 0)
        #expect(Frames.reason { try reader.finish(unread: 3) } == .truncated)
    }

    @Test func `frames larger than their class allows are refused`() throws {
        let limits = FrameReader.Limits(controlBytes: 100, dataBytes: 200)
        let cases: [(UInt8, UInt8, Bool)] = [
            (5, 100, true), (5, 101, false), (16, 200, true), (16, 201, false), (4, 201, true),
        ]
        for (kind, length, isAccepted) in cases {
            let header: [UInt8] = [0, 0, 0, length, kind, 0, 0, 0]
            let reason = Frames.reason { _ = try Frames.established(limits).next(header.span) }
            #expect(reason == (isAccepted ? nil : .oversized))
        }
        // Before the greetings nothing is large.
        let header: [UInt8] = [0, 0x10, 0, 0, 5, 0, 0, 0]
        let early = FrameReader(limits: FrameReader.Limits())
        #expect(Frames.reason { _ = try early.next(header.span) } == .oversized)
        #expect(try Frames.established().next(header.span) == .needs(byteCount: 8 + (1 << 20)))
    }

    @Test func `sequence numbers count from zero in each channel`() throws {
        var check = SequenceCheck()
        let one = ChannelID(deployment: 1, edge: 0, sender: 0, receiver: 0)
        let two = ChannelID(deployment: 2, edge: 0, sender: 0, receiver: 0)
        for sequence in 0..<5 as Range<UInt32> {
            try check.accept(one, sequence)
            try check.accept(two, sequence)
        }
        for wrong in [0, 4, 6] as [UInt32] {
            var copy = check
            #expect(Frames.reason { try copy.accept(one, wrong) } == .outOfOrder)
        }
        check.forget(deployment: 1)
        #expect(check.channelCount == 1)
        try check.accept(one, 0)
        try check.accept(two, 5)
        var sender = SequenceCheck()
        #expect([sender.take(one), sender.take(one), sender.take(two)] == [0, 1, 0])
    }

    @Test func `mutated streams are frames or errors, never a crash`() throws {
        var random = FixedNumbers(state: 42)
        let compression = CompressionOptions(isEnabled: true, thresholdBytes: 100)
        let templates: [[UInt8]] = [
            Frames.bytes(.batch(Self.batch(20))),
            Frames.bytes(.batch(Self.batch(60)), compression: compression),
            Frames.bytes(.barrier(BarrierMark(checkpoint: 7, flags: 1, text: "text"))),
            Frames.bytes(.watermark(1)), Frames.bytes(.idle), Frames.bytes(.credit(batches: 1)),
            FrameHeader.frame(.control, Array("{\"heartbeat\":{}}".utf8)),
            FrameHeader.frame(.hello, GreetingCodec.encode(HandshakeTests.hello())),
        ]
        var frames = 0
        var errors = 0
        for _ in 0..<40_000 {
            var bytes = templates.randomElement(using: &random) ?? []
            for _ in 0...Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(place % 8)
                case 2: bytes.insert(0xFF, at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
            }
            let wasRead = read(bytes)
            frames += wasRead ? 1 : 0
            errors += wasRead ? 0 : 1
        }
        #expect(frames > 2000)
        #expect(errors > 10_000)
    }

    /// Whether the bytes are a frame that says something.
    private func read(_ bytes: [UInt8]) -> Bool {
        do {
            guard case .frame(let header) = try Frames.established().next(bytes.span) else {
                return false
            }
            guard header.kind.isData else {
                let own = HandshakeTests.hello("jm") { $0.role = .jobManager }
                var handshake = Handshake(.answering, own: own, acceptedRoles: [.taskManager])
                let body = Array(bytes[FrameHeader.byteCount..<header.frameByteCount])
                let actions = handshake.handle(.frame(header.kind, body: body))
                #expect(!actions.isEmpty)
                return handshake.isEstablished
            }
            _ = try Frames.read(bytes, types: Self.types)
            return true
        } catch {
            return false
        }
    }
}

/// Numbers of a fixed sequence, so that a failing test fails again.
struct FixedNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
