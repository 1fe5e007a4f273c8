import ClusterKit
import Foundation
import Glibc
import TestKit

/// All cases as jobs of one cluster: they are submitted at once and wait for slots in turn.
struct ClusterStreamRun {
    /// One job in `/jobs/overview`.
    private struct Overview: Decodable {
        struct Job: Decodable {
            let name: String
            let state: String
        }

        let jobs: [Job]
    }

    let mode: ClusterMode
    let cases: [StreamCase]
    let cluster: TestCluster

    init(_ mode: ClusterMode, _ cases: [StreamCase]) throws {
        self.mode = mode
        self.cases = cases.filter { mode.isGated || !$0.isGatedOnly }
        var settings = TestCluster.Settings()
        if mode.isSpilled { settings.taskManagers = [("taskmanager.memory.managed.size", "2b")] }
        // Of an undisturbed run nothing is made anew: its changelog is compared.
        if !mode.isDisturbed {
            settings.jobManagers = [
                ("heartbeat.timeout", "60 s"), ("high-availability.lease-duration", "60 s"),
                ("high-availability.renew-deadline", "40 s"),
            ]
        }
        cluster = try TestCluster.start(taskManagers: 2, .withStreamTables, settings)
    }

    private func folder(_ test: StreamCase) -> String { "\(cluster.folder)/tables/\(test.name)" }

    /// The script with the files of its tables.
    private func sql(_ test: StreamCase, _ script: String) -> String {
        let settings = StreamRun.settings(batchRows: mode.batchRows).sorted { $0.key < $1.key }
            .map { "SET '\($0.key)' = '\($0.value)';\n" }.joined()
        return settings
            + test.sql
            .replacing(
                "'connector' = 'script'",
                with: "'connector' = 'script', 'file' = '\(script)'"
            )
            .replacing(
                "'connector' = 'collect'",
                with: "'connector' = 'collect', 'folder' = '\(folder(test))'"
            )
    }

    /// Submits all cases.
    func submit() throws {
        for (index, test) in cases.enumerated() {
            let script = "\(cluster.folder)/\(test.name).script"
            try ScriptFiles.write(
                mode.isGated ? test.steps : test.merged,
                isGated: mode.isGated,
                to: script
            )
            let file = try cluster.write("\(test.name).sql", sql(test, script))
            let slots = mode.parallelism[index % mode.parallelism.count]
            let (exit, text) = try cluster.jobctl(
                ["submit", file, "--name", test.name, "--parallelism", "\(slots)"]
            )
            guard exit == 0 else { throw StreamProblem("\(test.name): \(text)") }
        }
    }

    /// The state of each job; nil while no job manager answers.
    func states() throws -> [String: String]? {
        let text = try cluster.http("/jobs/overview")
        guard let overview = try? JSONDecoder().decode(Overview.self, from: Data(text.utf8)) else {
            return nil
        }
        return Dictionary(overview.jobs.map { ($0.name, $0.state) }) { first, _ in first }
    }

    /// Waits until all jobs have ended, for so many seconds; between two looks at them `disturb`
    /// may do something to those that have not.
    func wait(seconds: Int, _ disturb: (_ unended: [String]) throws -> Void) throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while clock.now < end {
            if let states = try states() {
                let ends: Set<String> = ["FINISHED", "FAILED", "CANCELED"]
                let unended = cases.map(\.name).filter { !ends.contains(states[$0] ?? "") }
                if unended.isEmpty { return }
                try disturb(unended)
            }
            usleep(100_000)
        }
    }

    /// What is wrong with each case that did not come out as it should.
    func defects() throws -> [String] {
        let states = try states() ?? [:]
        return try cases.compactMap { test in
            guard states[test.name] == "FINISHED" else {
                let (_, text) = try cluster.jobctl(["status", test.name])
                return "\(test.name) is \(states[test.name] ?? "unknown"):\n\(text)"
            }
            let found: CollectedTables
            do {
                found = try CollectFolder(folder(test)).tables()
            } catch {
                return "\(test.name): \(error)"
            }
            var defect = Self.difference("table", test.table, found.rows)
            if mode.hasExactChangelog {
                defect += Self.difference("changelog", test.changelog, test.changes(found))
            }
            return defect.isEmpty ? nil : "\(test.name):\n\(defect)"
        }
    }

    private static func difference(
        _ what: String,
        _ expected: [String],
        _ found: [String]
    ) -> String {
        guard expected != found else { return "" }
        return """
            expected \(what):
            \(expected.joined(separator: "\n"))
            found:
            \(found.joined(separator: "\n"))

            """
    }
}
