import Foundation
import TestKit
import Testing

/// What the program does as a process: signals, limits, the form of its output.
@Suite struct ProcessTests {
    private static let script = Scripts.countingPages(checkpointEvery: "100 ms")

    @Test func `two signals at once are one`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        let job = try Jobctl.start(["run", "\(folder.path)/job.sql", "--output", "json"])
        try job.waitForCheckpoints(1)
        // As `timeout` does: to the process, then to its group.
        job.send(SIGTERM)
        usleep(20_000)
        job.send(SIGTERM)
        #expect(try job.end() == 130)
        #expect(job.count("\"event\":\"stopping\"") == 1)
        let parts = job.text.split(separator: "\"event\":\"stopping\"")
        #expect(parts.last?.contains("\"event\":\"checkpoint\"") == true)
    }

    @Test func `failures are JSON where the rest is`() throws {
        let folder = try TestFolder()
        try folder.write("bad.sql", "SELECT \"x\" FORM t;")
        let bad = try Jobctl.run(["run", "\(folder.path)/bad.sql", "--output", "json"])
        let usage = try Jobctl.run(["run", "--output=json", "--no-such-flag"])
        for (result, exit) in [(bad, 3), (usage, 2)] {
            #expect(Int(result.exit) == exit)
            let lines = result.text.split(separator: "\n")
            #expect(lines.count == 1)
            let json = try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8))
            let object = try #require(json as? [String: Any])
            #expect(object["event"] as? String == "error")
            #expect(object["level"] as? String == "error")
            #expect(object["exit-code"] as? Int == exit)
            #expect((object["message"] as? String)?.isEmpty == false)
        }
    }

    @Test func `the version is a number of three parts`() throws {
        let result = try Jobctl.run(["--version"])
        #expect(result.exit == 0)
        #expect(result.text.contains(#/^jobctl \d+\.\d+\.\d+\n$/#))
    }

    @Test func `as many files may be open as the system allows`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script)
        let arguments = ["run", "\(folder.path)/job.sql", "--output", "json"]
        let many = try Jobctl.start(
            arguments,
            through: ["sh", "-c", "ulimit -Sn 256; ulimit -Hn 5000; exec \"$@\"", "sh"]
        )
        try many.waitForCheckpoints(1)
        let limits = try String(contentsOfFile: "/proc/\(many.id)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max open files +5000 +5000/#))
        many.send(SIGTERM)
        #expect(try many.end() == 130)
        #expect(!many.text.contains("files may be open"))

        let few = try Jobctl.start(
            arguments,
            through: ["sh", "-c", "ulimit -n 1000; exec \"$@\"", "sh"]
        )
        try few.waitForCheckpoints(1)
        #expect(few.text.contains("Only 1000 files may be open at once"))
        few.send(SIGTERM)
        #expect(try few.end() == 130)
    }

    @Test func `passwords are not printed`() throws {
        let folder = try TestFolder()
        let url = "jdbc:postgresql://app:hunter2@127.0.0.1:1/db?password=hunter2"
        try folder.write(
            "job.sql",
            """
            \(Self.script)
            CREATE TABLE away (page STRING) WITH ('connector' = 'jdbc', 'url' = '\(url)', 'table-name' = 't', 'password' = 'hunter2');
            SHOW CREATE TABLE away;
            """
        )
        let job = try Jobctl.start([
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--output", "json",
        ])
        try job.waitForCheckpoints(1)
        job.send(SIGTERM)
        #expect(try job.end() == 130)
        #expect(job.text.contains("app:******@127.0.0.1:1/db?password=******"))
        #expect(!job.text.contains("hunter2"))
        try folder.write(
            "wrong.sql",
            """
            CREATE TABLE clicks (page STRING) WITH ('connector' = 'datagen');
            CREATE TABLE away (page STRING) WITH ('connector' = 'jdbc', 'url' = '\(url)', 'table' = 't', 'password' = 'hunter2');
            INSERT INTO away SELECT page FROM clicks;
            """
        )
        let wrong = try Jobctl.run(["run", "\(folder.path)/wrong.sql"])
        #expect(wrong.exit == 3)
        #expect(wrong.text.contains("CREATE TABLE away"))
        #expect(!wrong.text.contains("hunter2"))
    }
}
