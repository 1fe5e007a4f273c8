import ArgumentParser
import Checkpoints
import Columnar
import Core
import Foundation
import JobControl
import KeyedState
import Testing

/// `jobctl savepoint inspect`, which needs no cluster.
@Suite struct SavepointInspectTests {
    /// A savepoint in a temporary folder.
    final class Folder {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "apus-inspect-\(UInt64.random(in: .min ... .max))")

        var savepoint: URL { url.appending(path: "savepoint-1") }

        init() throws {
            try FileManager.default.createDirectory(
                at: savepoint,
                withIntermediateDirectories: true
            )
            let content = Array("the state of a subtask".utf8)
            try Data(content).write(to: savepoint.appending(path: "000001.sst"))
            let file = FileReference(
                name: "000001.sst",
                key: "000001.sst",
                bytes: Int64(content.count),
                checksum: Checksum.of(content.span)
            )
            let bytes = try ManifestCodec.encode(Self.manifest(file))
            try Data(bytes).write(to: savepoint.appending(path: "_metadata"))
        }

        deinit {
            try? FileManager.default.removeItem(at: url)
        }

        private static func manifest(_ file: FileReference) -> CheckpointManifest {
            CheckpointManifest(
                kind: .savepoint,
                jobID: JobID(text: "3f2a6b1c9d8e4f7091a2b3c4d5e6f708"),
                checkpointID: 7,
                leaderEpoch: 2,
                createdMicroseconds: 1_795_262_400_000_000,
                sqlHash: "00ff",
                jobGraph: "{}",
                parallelism: 2,
                maxParallelism: 128,
                sources: [
                    SourceSnapshot(
                        uid: OperatorUID("src-1"),
                        enumeratorState: "next=7",
                        held: [[SplitPosition(id: "orders-0", position: "offset 42")], []],
                        finished: [SplitResult(id: "orders-1", result: "done")]
                    )
                ],
                sinks: [
                    SinkSnapshot(
                        uid: OperatorUID("sink-1"),
                        committables: [SinkSnapshot.Committable(subtask: 0, file: file)]
                    )
                ],
                operators: [
                    OperatorSnapshot(
                        uid: OperatorUID("agg-1"),
                        declarations: [
                            StateDeclaration(
                                id: 0,
                                name: "totals",
                                shape: .value,
                                keyTypes: [.bigint],
                                rowTypes: [.bigint, .string]
                            )
                        ],
                        parts: [
                            OperatorSnapshot.Part(
                                subtask: 0,
                                keyGroups: KeyGroupRange(lower: 0, upper: 128),
                                files: [file]
                            )
                        ]
                    )
                ]
            )
        }
    }

    /// Runs the command and gives what it wrote and how it failed.
    private func inspect(
        _ arguments: [String]
    ) throws -> (output: String, failure: CommandFailure?) {
        let parsed = try Jobctl.parseAsRoot(["savepoint", "inspect"] + arguments)
        let command = try #require(parsed as? SavepointInspectCommand)
        var output = ""
        do {
            try command.run(open: SavepointLocation.open) { output += $0 }
        } catch let error as CommandFailure {
            return (output, error)
        }
        return (output, nil)
    }

    private static let page = """
        Savepoint 7 of job 3f2a6b1c9d8e4f7091a2b3c4d5e6f708
        taken 2026-11-21T12:00:00Z with 2 slots of at most 128, format 1, script 00ff
        1 object, 22 B; all are there with their sizes

        OPERATOR  UID    SUBTASKS  FILES  SIZE
        -         agg-1         1      1  22 B

        State:
          agg-1  totals: value [BIGINT] -> [BIGINT, STRING]

        Sources:
          src-1  -
            orders-0 at offset 42 (subtask 0)
            1 split read to the end
            enumerator: next=7

        Sinks:
          sink-1  -
            1 prepared transaction, 22 B

        """

    @Test func `a savepoint is shown, by its folder, its manifest or as an address`() throws {
        let folder = try Folder()
        let path = folder.savepoint.path
        for form in [path, "\(path)/", "\(path)/_metadata", "file://\(path)"] {
            let (output, failure) = try inspect([form])
            #expect(output == Self.page)
            #expect(failure == nil)
        }
    }

    @Test func `for machines it is JSON`() throws {
        let folder = try Folder()
        let (output, failure) = try inspect([folder.savepoint.path, "--output", "json"])
        #expect(failure == nil)
        #expect(
            output.hasPrefix(#"{"bytes":22,"checkpoint":7,"createdMilliseconds":1795262400000"#)
        )
        #expect(output.contains(#""position":"offset 42","split":"orders-0","subtask":0"#))
    }

    @Test func `a missing file is a defect and fails`() throws {
        let folder = try Folder()
        try FileManager.default.removeItem(at: folder.savepoint.appending(path: "000001.sst"))
        let (output, failure) = try inspect([folder.savepoint.path])
        #expect(
            output.hasSuffix("Defects:\n  the file 'savepoint-1/000001.sst' is missing\n")
        )
        #expect(failure?.status == .checkpoint)
        #expect(failure?.message.contains("cannot be restored: 1 defect.") == true)
    }

    @Test func `a changed byte is found by its checksum`() throws {
        let folder = try Folder()
        let file = folder.savepoint.appending(path: "000001.sst")
        try Data("the state of a Subtask".utf8).write(to: file)
        #expect(try inspect([folder.savepoint.path]).failure == nil)
        let (output, failure) = try inspect([folder.savepoint.path, "--checksums"])
        #expect(output.contains("'savepoint-1/000001.sst' has changed: checksum"))
        #expect(failure?.status == .checkpoint)
    }

    @Test func `what is no savepoint is told with what to give`() throws {
        let folder = try Folder()
        let none = try inspect([folder.url.path])
        #expect(none.failure?.status == .checkpoint)
        #expect(none.failure?.message.contains("it has no file '_metadata'") == true)
        let scheme = try inspect(["gs://bucket/x"])
        #expect(scheme.failure?.status == .usage)
        #expect(scheme.failure?.message.contains("There is no store for 'gs://'") == true)
        try Data("apus-checkpoint 1 9 0".utf8)
            .write(to: folder.savepoint.appending(path: "_metadata"))
        #expect(try inspect([folder.savepoint.path]).failure?.status == .checkpoint)
    }
}
