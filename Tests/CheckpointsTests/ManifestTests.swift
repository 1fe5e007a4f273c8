import Checkpoints
import Columnar
import Core
import KeyedState
import ObjectStore
import Testing

/// Numbers of a fixed sequence, so that a failing test fails again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What kind of failure a body ends with, or nil.
func failureKind(_ body: () throws -> Void) -> CheckpointError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? CheckpointError)?.kind
    }
}

@Suite struct ManifestTests {
    static func manifest(
        _ id: CheckpointID,
        leaderEpoch: UInt64 = 1,
        kind: CheckpointManifest.Kind = .checkpoint,
        operators: [OperatorSnapshot] = [],
        sinks: [SinkSnapshot] = []
    ) -> CheckpointManifest {
        CheckpointManifest(
            kind: kind,
            jobID: JobID(text: "job"),
            checkpointID: id,
            leaderEpoch: leaderEpoch,
            createdMicroseconds: 1_700_000_000_000_000,
            sqlHash: "00ff",
            jobGraph: #"{"nodes":["π \"quoted\"\n"]}"#,
            parallelism: 2,
            maxParallelism: 128,
            sources: [
                SourceSnapshot(
                    uid: OperatorUID("source"),
                    enumeratorState: "next=7",
                    held: [[SplitPosition(id: "a", position: "1")], []],
                    finished: [SplitResult(id: "b", result: "done")]
                )
            ],
            sinks: sinks,
            operators: operators
        )
    }

    static let full: CheckpointManifest = {
        let table = FileReference(name: "000012.sst", key: "shared/x", bytes: 900, checksum: 7)
        let small = FileReference(
            name: "CURRENT",
            key: "chk-3/1-0",
            offset: 16,
            bytes: 20,
            checksum: .max,
            objectBytes: 100
        )
        let declaration = StateDeclaration(
            id: 1,
            name: "rows",
            shape: .multimap,
            keyTypes: [.bigint.notNull],
            subKeyTypes: [.string],
            rowTypes: [.decimal(38, 3), .row([RowField("a", .array(.timestamp(3)))])]
        )
        let part = OperatorSnapshot.Part(
            subtask: 1,
            keyGroups: KeyGroupRange(lower: 64, upper: 128),
            files: [table, small],
            attachment: small
        )
        let snapshot = OperatorSnapshot(
            uid: OperatorUID("join-1"),
            declarations: [declaration],
            parts: [part]
        )
        let sink = SinkSnapshot(
            uid: OperatorUID("sink"),
            committables: [SinkSnapshot.Committable(subtask: 0, file: small)]
        )
        return manifest(3, operators: [snapshot], sinks: [sink])
    }()

    @Test func `a manifest is read as it was written`() throws {
        let bytes = try ManifestCodec.encode(Self.full)
        #expect(try ManifestCodec.decode(bytes, name: "x") == Self.full)
        #expect(Self.full.objects == ["shared/x": 900, "chk-3/1-0": 100])
        #expect(Self.full.files.count == 4)
    }

    @Test func `a manifest that was cut off anywhere is recognised`() throws {
        let bytes = try ManifestCodec.encode(Self.full)
        for length in 0..<bytes.count {
            let kind = failureKind {
                _ = try ManifestCodec.decode(Array(bytes[..<length]), name: "x")
            }
            #expect(kind == .damaged, "cut at \(length)")
        }
    }

    @Test func `a manifest with any changed byte is refused`() throws {
        let bytes = try ManifestCodec.encode(Self.full)
        var random = SeededGenerator(state: 5)
        for _ in 0..<4000 {
            var changed = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            changed[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            if Bool.random(using: &random) {
                changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
            do {
                // A digit of the checksum may change its case and nothing else.
                #expect(try ManifestCodec.decode(changed, name: "x") == Self.full)
            } catch {
                #expect(error.message.contains("'x'"))
            }
        }
    }

    @Test func `a damaged manifest says what was expected and what was found`() throws {
        var bytes = try ManifestCodec.encode(Self.full)
        bytes[bytes.count - 2] ^= 1
        do {
            _ = try ManifestCodec.decode(bytes, name: "job/chk-3/_metadata")
            Issue.record("a changed manifest was read")
        } catch {
            #expect(error.message.contains("job/chk-3/_metadata"))
            #expect(error.message.contains("expected") && error.message.contains("found"))
        }
    }

    @Test func `a manifest of a newer format is refused in words`() throws {
        let bytes = Array("apus-checkpoint 9 2 00000000\n{}".utf8)
        do {
            _ = try ManifestCodec.decode(bytes, name: "x")
            Issue.record("a foreign format was read")
        } catch {
            #expect(error.message.contains("format 9"))
        }
    }
}
