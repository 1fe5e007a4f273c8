import Foundation
import ObjectStore
import TestKit
import Testing

/// Checkpoints whose files have changed on disk.
@Suite struct DamagedCheckpointTests {
    private static let script = Scripts.countingPages(checkpointEvery: "100 ms")

    /// The numbers of the complete checkpoints, the newest last.
    private static func checkpoints(_ job: String) throws -> [Int] {
        try LocalFiles.names(in: job).compactMap { name in
            guard name.hasPrefix("chk-"),
                FileManager.default.fileExists(atPath: "\(job)/\(name)/_metadata")
            else { return nil }
            return Int(name.dropFirst(4))
        }
        .sorted()
    }

    /// Turns over one byte in the middle of the largest file beside the manifest.
    private static func damage(_ folder: String) throws -> String {
        let files = try LocalFiles.names(in: folder).filter { $0 != "_metadata" }
        let sized = try files.map { ($0, try LocalFiles.read("\(folder)/\($0)")) }
        let (name, content) = try #require(sized.max { $0.1.count < $1.1.count })
        var bytes = content
        bytes[bytes.count / 2] ^= 0xFF
        try LocalFiles.remove("\(folder)/\(name)")
        try LocalFiles.write("\(folder)/\(name)", bytes)
        return name
    }

    @Test func `a changed file is named, and the checkpoint before it can be restored`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        let arguments = [
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--output", "json",
        ]
        let first = try Jobctl.start(arguments)
        try first.waitForCheckpoints(4)
        first.send(SIGINT)
        #expect(try first.end() == 130)
        let job = try LocalFiles.names(in: "\(folder.path)/state/checkpoints")
            .first { !$0.hasPrefix(".") }
        let root = "\(folder.path)/state/checkpoints/\(try #require(job))"
        let known = try Self.checkpoints(root)
        let newest = try #require(known.last)
        let before = try #require(known.dropLast().last)
        let file = try Self.damage("\(root)/chk-\(newest)")

        let refused = try Jobctl.run(arguments + ["--restore", "chk-\(newest)"])
        #expect(refused.exit == 4)
        #expect(refused.text.contains("Checkpoint 'chk-\(newest)' cannot be used: "))
        #expect(refused.text.contains("/chk-\(newest)/\(file)'"))
        #expect(
            refused.text.contains(#/has changed: checksum [0-9a-f]+ expected, [0-9a-f]+ found/#)
        )
        #expect(refused.text.contains("The checkpoint 'chk-\(before)' is whole: restore from it."))

        // The newest whole one is taken, and what was passed over is said.
        let latest = try Jobctl.start(arguments + ["--restore", "latest"])
        try latest.wait(for: "\"event\":\"running\"")
        latest.send(SIGKILL)
        _ = try latest.end()
        #expect(latest.text.contains("Checkpoint 'chk-\(newest)' cannot be used: "))
        #expect(latest.text.contains("Attempt 1 starts from checkpoint \(before)."))

        let named = try Jobctl.start(arguments + ["--restore", "chk-\(before)"])
        try named.waitForCheckpoints(1)
        named.send(SIGINT)
        #expect(try named.end() == 130)
        #expect(named.text.contains("Attempt 1 starts from checkpoint \(before)."))
        // Numbers go on behind the damaged one: it is never written over.
        #expect(try #require(try Self.checkpoints(root).last) > newest)
    }
}
