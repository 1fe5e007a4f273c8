import Foundation
import JobGraph
import JobManager
import Planner
import TestKit
import Testing

/// Every operator in every mode: parallelism, batch size, memory, failures, rescaling.
@Suite struct OperatorStreamTests {
    private static let isRecording =
        ProcessInfo.processInfo.environment["APUS_RECORD"] != nil

    @Test(arguments: try StreamCase.all())
    func `a case gives the same table in every mode`(_ test: StreamCase) async throws {
        let reference = await Self.result(test, .reference)
        guard case .success(let expected) = reference else {
            Issue.record("\(StreamMode.reference): \(reference)")
            return
        }
        var table = test.table
        var changelog = test.changelog
        if Self.isRecording {
            table = expected.rows
            changelog = test.changes(expected)
            try test.record(table: table, changelog: changelog)
            Issue.record("recorded anew")
        }
        #expect(expected.rows == table)
        #expect(test.changes(expected) == changelog)
        await withTaskGroup(of: Void.self) { group in
            for mode in StreamMode.all where mode != .reference {
                guard mode.isGated || !test.isGatedOnly else { continue }
                group.addTask { [table, changelog] in
                    await Self.compare(test, mode, table, changelog)
                }
            }
        }
    }

    private static func compare(
        _ test: StreamCase,
        _ mode: StreamMode,
        _ table: [String],
        _ changelog: [String]
    ) async {
        let result = await result(test, mode)
        guard case .success(let found) = result else {
            Issue.record("\(mode): \(result)")
            return
        }
        #expect(found.rows == table, "\(mode)")
        if mode.hasExactChangelog { #expect(test.changes(found) == changelog, "\(mode)") }
    }

    private static func result(
        _ test: StreamCase,
        _ mode: StreamMode
    ) async -> Result<CollectedTables, any Error> {
        do {
            return .success(try await JobThreads.run { try StreamRun(test, mode).collect() })
        } catch {
            return .failure(error)
        }
    }

    /// The operators that a job is made of.
    private static func operators(_ test: StreamCase) throws -> Set<String> {
        let plan = try StreamRun(test, .reference).job(CollectedTables()).plan(test.sql)
        let nodes = plan.graph?.nodes ?? []
        return Set(nodes.map { String("\($0.spec)".prefix { $0 != "(" }) })
    }

    @Test func `the cases make use of every operator`() throws {
        var found: Set<String> = []
        for test in try StreamCase.all() { found.formUnion(try Self.operators(test)) }
        let all: Set<String> = [
            "source", "values", "watermark", "calc", "dropUpdateBefore", "changelogNormalize",
            "union", "join", "windowJoin", "groupAggregate", "localGroupAggregate",
            "windowAssign", "windowAggregate", "localWindowAggregate", "sinkMaterialize", "sink",
        ]
        #expect(found.isSuperset(of: all), "without a case: \(all.subtracting(found).sorted())")
    }
}
