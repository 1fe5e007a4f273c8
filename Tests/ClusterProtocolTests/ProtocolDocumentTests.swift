import ClusterProtocol
import Columnar
import Foundation
import Testing

/// The example frames of docs/PROTOCOL.md.
struct ProtocolDocument {
    /// Examples by name, in the order of the document.
    let examples: [(name: String, bytes: [UInt8])]

    init() throws {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/PROTOCOL.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        var examples: [(name: String, bytes: [UInt8])] = []
        var open: (name: String, bytes: [UInt8])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```frame ") {
                open = (String(line.dropFirst("```frame ".count)), [])
            } else if line.hasPrefix("```"), let example = open {
                examples.append(example)
                open = nil
            } else if open != nil {
                let words = line.split(separator: " ").prefix { $0 != "·" }
                for word in words {
                    let byte = try #require(UInt8(word, radix: 16), "'\(word)' is no byte: \(line)")
                    open?.bytes.append(byte)
                }
            }
        }
        self.examples = examples
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try #require(examples.first { $0.name == name }?.bytes, "no example '\(name)'")
    }
}

@Suite struct ProtocolDocumentTests {
    static let channel = ChannelID(deployment: 5, edge: 2, sender: 0, receiver: 3)

    private static func data(
        _ element: DataElement,
        _ sequence: UInt32,
        output: UInt8 = 0,
        isContinued: Bool = false
    ) -> [UInt8] {
        Frames.bytes(
            element,
            channel: channel,
            sequence: sequence,
            output: output,
            isContinued: isContinued
        )
    }

    private static func json(_ kind: FrameKind, _ value: some Encodable) -> [UInt8] {
        FrameHeader.frame(kind, GreetingCodec.encode(value))
    }

    static let flatTypes: [DataType] = [.bigint, .string, .boolean]
    static let nestedTypes: [DataType] = [
        .array(.integer), .row([RowField("a", .smallint), RowField("b", .bytes)]),
        .map(.string, .double),
    ]

    static func nested() -> RecordBatch {
        let fields = [
            Column(.smallint, FixedValues([1, -1] as [Int16])), Column.nulls(.bytes, count: 2),
        ]
        return RecordBatch(
            [
                .fromScalars([.list([.int(7), .int(8)]), .list([.int(9)])], nestedTypes[0]),
                Column(nestedTypes[1], fields: fields, count: 2),
                .fromScalars([.map([.text("k"), .double(0.5)]), .map([])], nestedTypes[2]),
            ],
            count: 2
        )
    }

    /// Every example but the compressed one, whose bytes are the library's choice.
    private func expected() throws -> [String: [UInt8]] {
        let flat = try RecordBatch(
            "+I 1 apple true\n-U 2 . false\n+U 258 fig .",
            Self.flatTypes
        )
        let manager = HandshakeTests.hello("jm-1") { $0.role = .jobManager }
        let barrier = BarrierMark(checkpoint: 42, flags: 1, text: "s3://sp")
        let heartbeat = Array(#"{"heartbeat":{}}"#.utf8)
        let goodbye = Farewell(reason: "goodbye", sentence: "The taskmanager is shut down.")
        let refused = Farewell(
            ProtocolError(.wrongToken, "Give both the same secret.")
        )
        let piece = RecordBatch([.nulls(.bigint, count: 1)], count: 1)
        return [
            "hello": Self.json(.hello, HandshakeTests.hello()),
            "helloAccepted": Self.json(.helloAccepted, HelloAccepted(manager)),
            "refused": Self.json(.refused, refused),
            "goodbye": Self.json(.goodbye, goodbye),
            "control": FrameHeader.frame(.control, heartbeat),
            "batch": Self.data(.batch(flat), 0),
            "batch nested": Self.data(.batch(Self.nested()), 1),
            "batch piece": Self.data(.batch(piece), 2, isContinued: true),
            "watermark": Self.data(.watermark(1_700_000_000_000), 4),
            "idle": Self.data(.idle, 5, output: 1),
            "barrier": Self.data(.barrier(barrier), 6),
            "credit": Self.data(.credit(batches: 2), 0),
        ]
    }

    @Test func `the code writes the frames of the document`() throws {
        let document = try ProtocolDocument()
        let expected = try expected()
        for (name, bytes) in expected {
            #expect(try document.bytes(name) == bytes, "example '\(name)'")
        }
        let names = Set(document.examples.map(\.name))
        #expect(names == Set(expected.keys).union(["batch compressed"]))
        #expect(names.count == document.examples.count)
    }

    @Test func `every kind of frame has an example that is one whole frame`() throws {
        var kinds: Set<FrameKind> = []
        for example in try ProtocolDocument().examples {
            guard case .frame(let header) = try Frames.established().next(example.bytes.span) else {
                Issue.record("'\(example.name)' is not a whole frame")
                continue
            }
            #expect(header.frameByteCount == example.bytes.count, "example '\(example.name)'")
            kinds.insert(header.kind)
        }
        #expect(kinds == Set(FrameKind.allCases))
    }

    @Test func `the code reads the frames of the document`() throws {
        let document = try ProtocolDocument()
        let nested = try Frames.read(try document.bytes("batch nested"), types: Self.nestedTypes)
        guard case .batch(let batch) = nested.element else {
            Issue.record("no batch")
            return
        }
        for (column, expected) in zip(batch.columns, Self.nested().columns) {
            #expect((0..<2).map { column.scalar($0) } == (0..<2).map { expected.scalar($0) })
        }
        let compressed = try Frames.read(try document.bytes("batch compressed"), types: [.bigint])
        guard case .batch(let zeros) = compressed.element else {
            Issue.record("no batch")
            return
        }
        #expect(compressed.sequence == 3)
        #expect(zeros.columns[0].int64s.array == [Int64](repeating: 0, count: 64))
        let hello = Array(try document.bytes("hello").dropFirst(FrameHeader.byteCount))
        #expect(GreetingCodec.decode(Hello.self, hello) == HandshakeTests.hello())
    }
}
