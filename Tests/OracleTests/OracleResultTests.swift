import Foundation
import Testing

/// Runs every case of the oracle and holds the list of those that pass.
@Suite struct OracleResultTests {
    private static let list = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "covered.txt")

    private static func covered() throws -> Set<String> {
        Set(try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// Problems by case, of all cases.
    private static func run(_ cases: [OracleCase], _ mode: OracleRun.Mode) async -> [String: String]
    {
        await withTaskGroup(of: (String, String?).self) { group in
            for test in cases {
                group.addTask { (test.name, OracleRun(test, mode).problem) }
            }
            var problems: [String: String] = [:]
            for await (name, problem) in group { problems[name] = problem }
            return problems
        }
    }

    @Test func `covered cases pass row by row and no passing case is missing from the list`()
        async throws
    {
        let cases = try OracleCase.all()
        #expect(cases.count == 406)
        let covered = try Self.covered()
        #expect(covered.subtracting(cases.map(\.name)) == [])
        let problems = await Self.run(cases, OracleRun.Mode())
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
}
