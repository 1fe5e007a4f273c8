import Checkpoints
import Core
import KeyedState
import ObjectStore
import Testing

/// Manifests whose checksum is right and whose contents are not.
@Suite struct HostileManifestTests {
    /// One change of the text of `ManifestTests.full`, and how the refusal begins.
    struct Change: CustomStringConvertible {
        let text: String
        let replacement: String
        let refusal: String

        init(_ text: String, _ replacement: String, _ refusal: String) {
            self.text = text
            self.replacement = replacement
            self.refusal = refusal
        }

        var description: String { "\(text) becomes \(replacement)" }

        /// What leads out of a folder, or to the folder itself.
        private static let names = [
            "../../../tmp/x", "/tmp/x", "", ".", "..", ".hidden", "a\\u0000b",
        ]
        private static let largest = "\(Int64.max)"

        private static func each(
            _ field: String,
            _ value: String,
            _ replacements: [String],
            _ refusal: String
        ) -> [Change] {
            replacements.map { Change("\(field)\(value)", "\(field)\($0)", refusal) }
        }

        static let all: [Change] = [
            each("", "000012.sst", names + ["a/b"], "is no file name"),
            each("", "shared/x", names + ["a//b", "a/../b", "a/"], "is no name for an object"),
            each(#""offset":"#, "16", ["-1", "81", largest], "bytes at"),
            each(#""bytes":"#, "20", ["-1", "85", largest], "bytes at"),
            each(#""objectBytes":"#, "900", ["-1", "899"], "bytes at"),
            each(#""objectBytes":"#, "100", [largest], "more bytes than can be counted"),
            each(#""key":"#, #""shared/x""#, [#""chk-3/1-0""#], "has 900 bytes, and 100"),
            each(#""name":"#, #""CURRENT""#, [#""000012.sst""#], "two files '000012.sst'"),
            each(#""lower":"#, "64", ["-1", "129"], "has the key groups"),
            each(#""upper":"#, "128", ["-1", "63", "129", largest], "has the key groups"),
            each(#""subtask":"#, "1", ["-1", "2", largest], "'join-1' has a subtask"),
            each(#""subtask":"#, "0", ["-1", "2"], "'sink' has a subtask"),
            each(#""parallelism":"#, "2", ["0", "129", largest], "a parallelism of"),
            each(#""maxParallelism":"#, "128", ["-1", "0", "1"], "a parallelism of"),
            each(#""checkpointID":"#, "3", [largest, "\(UInt64.max)"], "no checkpoint after"),
        ].flatMap { $0 }
    }

    /// The bytes of a manifest whose first line is right for any text.
    private func sealed(_ body: [UInt8]) -> [UInt8] {
        let checksum = String(Checksum.of(body.span), radix: 16)
        return Array("apus-checkpoint 1 \(body.count) \(checksum)\n".utf8) + body
    }

    private func body(_ manifest: [UInt8]) -> [UInt8] {
        Array(manifest.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
    }

    @Test(arguments: Change.all)
    func `a manifest that says what none of ours does is refused`(change: Change) throws {
        let bytes = try ManifestCodec.encode(ManifestTests.full)
        let text = String(decoding: body(bytes), as: UTF8.self)
        let changed = text.split(separator: change.text, omittingEmptySubsequences: false)
            .joined(separator: change.replacement)
        #expect(changed != text)
        do {
            _ = try ManifestCodec.decode(sealed(Array(changed.utf8)), name: "x")
            Issue.record("a hostile manifest was read")
        } catch {
            #expect(error.kind == .damaged)
            #expect(error.message.hasPrefix("'x' cannot be used: "))
            #expect(error.message.contains(change.refusal))
        }
    }

    private static func part(_ subtask: Int, _ groups: Range<Int>) -> OperatorSnapshot.Part {
        let range = KeyGroupRange(lower: groups.lowerBound, upper: groups.upperBound)
        return OperatorSnapshot.Part(subtask: subtask, keyGroups: range, files: [])
    }

    private static let doubled: [([OperatorSnapshot.Part], String)] = [
        ([part(0, 0..<64), part(0, 64..<128)], "two parts of subtask 0"),
        ([part(1, 40..<128), part(0, 0..<64)], "overlap"),
    ]

    @Test(arguments: HostileManifestTests.doubled)
    func `state that counts twice is neither written nor read`(
        parts: [OperatorSnapshot.Part],
        refusal: String
    ) throws {
        let snapshot = OperatorSnapshot(uid: OperatorUID("a"), declarations: [], parts: parts)
        do {
            _ = try ManifestCodec.encode(ManifestTests.manifest(1, operators: [snapshot]))
            Issue.record("a manifest that cannot be read was written")
        } catch {
            #expect(error.kind == .failed)
            #expect(error.message.contains(refusal))
        }
    }

    @Test func `a file that would lead out of its folder damages only its checkpoint`() throws {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects)
        try run.checkpoint(.checkpoint(1))
        try run.checkpoint(.checkpoint(2))
        let layout = CheckpointFixture.layout
        let key = layout.manifestKey(2)
        let text = String(decoding: body(try objects.get(key)), as: UTF8.self)
        let changed = text.split(separator: "\"CURRENT\"").joined(separator: "\"../../escaped\"")
        try objects.put(key, sealed(Array(changed.utf8)), ifAbsent: false)
        let reader = CheckpointReader(store: objects)
        let (found, notes) = try reader.choose(layout, .newest, depth: .checksums)
        #expect(found?.manifest.checkpointID == 1)
        #expect(notes.count == 1 && notes[0].contains("'../../escaped' is no file name"))
        #expect(failureKind { _ = try reader.choose(layout, .exactly("job/chk-2")) } == .damaged)
    }

    /// Reads all of a checkpoint that a restore reads.
    private func restore(
        _ found: CheckpointReader.Found,
        _ reader: CheckpointReader,
        into folder: String
    ) throws {
        for depth in [CheckpointReader.Depth.sizes, .checksums] {
            _ = try reader.defects(found, depth)
        }
        for sink in found.manifest.sinks {
            _ = try? reader.contents(sink.committables.map(\.file), of: found)
        }
        for snapshot in found.manifest.operators {
            let groups = KeyGroupRange(lower: 0, upper: 16)
            let declarations = snapshot.declarations
            _ = try? reader.fetch(found, snapshot.uid, groups, declarations, into: folder)
            for part in snapshot.parts {
                if let file = part.attachment { _ = try? reader.content(file, of: found) }
            }
        }
    }

    /// Changes one token, or one byte.
    private func mutate(_ body: inout [UInt8], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0..<body.count, using: &random)
        let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
        let quote = UInt8(ascii: "\"")
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            guard let start = body[place...].firstIndex(where: isDigit) else { return }
            let end = body[start...].firstIndex { !isDigit($0) } ?? body.endIndex
            let number = [
                "0", "1", "-1", "7", "16", "17", "1e3", "\(Int32.max)", "\(Int64.max)",
                "\(Int64.min)", "\(UInt64.max)",
            ].randomElement(using: &random)
            body.replaceSubrange(start..<end, with: (number ?? "0").utf8)
        case 1:
            guard let start = body[place...].firstIndex(of: quote),
                let end = body[(start + 1)...].firstIndex(of: quote)
            else { return }
            let name = ["", "..", "../../../escaped", "/tmp", "CURRENT", ".", "\\u0000", "a/b"]
                .randomElement(using: &random)
            body.replaceSubrange((start + 1)..<end, with: (name ?? "").utf8)
        default: body[place] = UInt8.random(in: 0x20...0x7E, using: &random)
        }
    }

    @Test func `any change of a manifest is read or refused, and stays in its folder`() throws {
        let folder = try ScratchFolder()
        let objects = MemoryStore()
        let run = try CheckpointFixture(folder, objects, parallelism: 2)
        try run.put(["a": "1", "b": "2", "c": "3"])
        try run.checkpoint(.checkpoint(1))
        let layout = CheckpointFixture.layout
        let key = layout.manifestKey(1)
        let original = body(try objects.get(key))
        let place = try ScratchFolder()
        // Tables go the way of large files, too.
        let reader = CheckpointReader(store: objects, verifiedInMemoryBytes: 100)
        var random = SeededGenerator(state: 17)
        var read = 0
        for attempt in 0..<3000 {
            var changed = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&changed, &random) }
            try objects.put(key, sealed(changed), ifAbsent: false)
            let kind = failureKind {
                let found = try reader.read(key)
                read += 1
                try restore(found, reader, into: "\(place.path)/deep/er/\(attempt)")
            }
            #expect(kind == nil || kind == .damaged)
            _ = failureKind { _ = try reader.choose(layout, .newest) }
            try LocalFiles.removeAll("\(place.path)/deep/er/\(attempt)")
        }
        #expect(read > 100 && read < 2900)
        let inside = ["", "/deep"].map { try? LocalFiles.names(in: place.path + $0) }
        #expect(inside == [["deep"], ["er"]])
    }
}
