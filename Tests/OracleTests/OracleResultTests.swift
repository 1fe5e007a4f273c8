import Foundation
import Testing

/// Runs every case of the oracle and holds the list of those that pass.
@Suite struct OracleResultTests {
    private static let list = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "covered.txt")

    private static func covered() throws -> Set<String> {
        Set(try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// What became of all cases, row by row; both tests look at it.
    private static let rowByRow = Task { await run(try OracleCase.all(), OracleRun.Mode()) }

    private static func run(
        _ cases: [OracleCase],
        _ mode: OracleRun.Mode
    ) async -> [String: OracleRun] {
        await withTaskGroup(of: (String, OracleRun).self) { group in
            for test in cases {
                group.addTask { (test.name, OracleRun(test, mode)) }
            }
            var runs: [String: OracleRun] = [:]
            for await (name, run) in group { runs[name] = run }
            return runs
        }
    }

    @Test func `covered cases pass row by row and no passing case is missing from the list`()
        async throws
    {
        let cases = try OracleCase.all()
        #expect(cases.count == 406)
        let covered = try Self.covered()
        #expect(covered.subtracting(cases.map(\.name)) == [])
        let problems = try await Self.rowByRow.value.compactMapValues(\.problem)
        let open = cases.map(\.name).filter { problems[$0] != nil }
        print("The oracle: \(cases.count - open.count) of \(cases.count) cases pass. Not covered:")
        for name in open where !covered.contains(name) {
            print("  \(name): \(problems[name] ?? "")")
        }
        for name in open where covered.contains(name) {
            Issue.record("\(name) is covered and fails: \(problems[name] ?? "")")
        }
        let passing = Set(cases.map(\.name).filter { problems[$0] == nil })
        for name in passing.subtracting(covered).sorted() {
            Issue.record("\(name) passes now: add it to covered.txt")
        }
        if ProcessInfo.processInfo.environment["APUS_RECORD"] != nil {
            let text = passing.sorted().joined(separator: "\n") + "\n"
            try text.write(to: Self.list, atomically: true, encoding: .utf8)
            Issue.record("covered.txt is recorded anew")
        }
    }

    @Test func `covered cases give the same tables in parallel, in batches and from disk`()
        async throws
    {
        let covered = try Self.covered()
        let cases = try OracleCase.all().filter { covered.contains($0.name) }
        let runs = try await Self.rowByRow.value
        // Which rows are late depends on the batches; in hopping windows they may be late for some.
        let compared = cases.filter { runs[$0.name]?.lateRows == 0 && !$0.hops }
        #expect(cases.count - compared.count < 12, "few cases depend on the batches")
        var mode = OracleRun.Mode()
        mode.parallelism = 2
        mode.batchRows = 4096
        mode.stateBytesPerSlot = 1
        mode.comparesChanges = false
        for (name, run) in await Self.run(compared, mode) {
            if let problem = run.problem { Issue.record("\(name): \(problem)") }
        }
        print(
            "The oracle: \(compared.count) of \(cases.count) covered cases also in parallel; "
                + "the others may have late rows."
        )
    }
}
