import Foundation
import TestKit
import Testing

/// The folder of `--state-dir`.
@Suite struct StateFolderTests {
    private static let script = Scripts.countingPages(checkpointEvery: "50 ms")

    @Test func `two runs cannot use one folder at the same time`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        let arguments = [
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--output", "json",
        ]
        let first = try Jobctl.start(arguments)
        try first.waitForCheckpoints(1)
        for restore in [[], ["--restore", "latest"], ["--restore", "none"]] {
            let second = try Jobctl.run(arguments + restore)
            #expect(second.exit == 4)
            #expect(second.text.contains("\(folder.path)/state' is in use"))
            #expect(second.text.contains("process \(first.id) holds"))
        }
        // The first has noticed nothing.
        try first.waitForCheckpoints(first.count("\"event\":\"checkpoint\"") + 2)

        // However it ends, the folder is free.
        first.send(SIGKILL)
        #expect(try first.end() == 128 + SIGKILL)
        let next = try Jobctl.start(arguments + ["--restore", "latest"])
        try next.waitForCheckpoints(1)
        next.send(SIGTERM)
        #expect(try next.end() == 130)
    }

    @Test func `a folder that cannot be used is named with what to do`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        for path in ["\(folder.path)/job.sql", "\(folder.path)/job.sql/state", "/proc/apus"] {
            let result = try Jobctl.run(
                ["run", "\(folder.path)/job.sql", "--state-dir", path]
            )
            #expect(result.exit == 4)
            #expect(result.text.contains("error: The state folder '\(path)' cannot be used: "))
            #expect(result.text.contains("--state-dir must be a folder"))
            #expect(!result.text.contains("CocoaError"))
        }
    }

    @Test func `a folder whose job is unknown is not started over`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        try folder.write("job-id", "")
        let result = try Jobctl.run(
            ["run", "\(folder.path)/job.sql", "--state-dir", folder.path]
        )
        #expect(result.exit == 4)
        #expect(result.text.contains("job-id' is empty"))
    }
}
