import Connectors
import Core
import Foundation
import JobManager
import Planner
import SQLSyntax
import Synchronization
import TestKit

/// What became of one run of a case.
struct OracleRun {
    /// Nil when the case passed.
    var problem: String?
    /// Rows that came behind the watermark: which they are depends on the batches.
    var lateRows: Int64 = 0

    /// How a case is run.
    struct Mode: Sendable {
        var parallelism = 1
        var batchRows = 1
        var stateBytesPerSlot = 64 << 20
        /// Whether the order of changes is compared, where Flink's is determined.
        var comparesChanges = true
    }

    init(_ test: OracleCase, _ mode: Mode) {
        do {
            let output = CollectedLines()
            var job = EmbeddedJob(
                ConnectorRegistry(
                    ConnectorRegistry.builtIn.filter { $0.identifier != "print" } + [
                        PrintFactory(output: output), UpsertPrintFactory(output: output),
                    ]
                )
            )
            let counts = CountObserver()
            job.observer = counts
            job.parallelism = mode.parallelism
            job.stateBytesPerSlot = mode.stateBytesPerSlot
            job.settings = [
                "table.local-time-zone": "UTC",
                "apus.batch-rows": "\(mode.batchRows)",
                "execution.checkpointing.interval": "0 s",
                "restart-strategy.type": "none",
            ]
            let outcome: JobOutcome?
            do {
                outcome = try job.run(test.sql)
            } catch {
                problem = Self.compare(refusal: error, test)
                return
            }
            lateRows = counts.lateRows
            let lines = output.texts.joined().split(separator: "\n").map(String.init)
            if case .failed(let failure) = outcome {
                problem = Self.compare(failure: failure.message, test)
            } else {
                problem = Self.compare(lines, test, mode)
            }
        }
    }

    private static func compare(_ lines: [String], _ test: OracleCase, _ mode: Mode) -> String? {
        guard case .rows(let expected, let changelog) = test.expectation else {
            return "accepted, and should be refused"
        }
        let lines = mode.parallelism > 1 ? lines.map(withoutSubtask) : lines
        let rows =
            test.isUpsert
            ? FinalTable.ofUpserts(lines, keys: PrimaryKeys.find(in: test.sql))
            : FinalTable.ofRetractions(lines)
        func normalized(_ rows: [String]) -> [String] {
            test.hasUnorderedMaps ? rows.map { String($0.sorted()) }.sorted() : rows
        }
        if normalized(rows) != normalized(expected) {
            return "rows differ: " + difference(rows, expected)
        }
        if let changelog, mode.comparesChanges, lines != changelog {
            return "changes differ: " + difference(lines, changelog)
        }
        return nil
    }

    /// Removes the number of the subtask that `print` adds: `1> +I[…]`, `name:1> +I[…]`.
    private static func withoutSubtask(_ line: String) -> String {
        guard let arrow = line.firstRange(of: "> ") else { return line }
        let prefix = line[..<arrow.lowerBound]
        guard let colon = prefix.lastIndex(of: ":") else {
            return String(line[arrow.upperBound...])
        }
        return line[..<colon] + "> " + line[arrow.upperBound...]
    }

    private static func difference(_ actual: [String], _ expected: [String]) -> String {
        let index =
            zip(actual, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(actual.count, expected.count)
        func line(_ lines: [String]) -> String {
            index < lines.count ? lines[index] : "nothing"
        }
        return "\(actual.count) lines, expected \(expected.count); line \(index + 1) is "
            + "\(line(actual)), expected \(line(expected))"
    }

    private static func compare(refusal error: any Error, _ test: OracleCase) -> String? {
        let message =
            switch error {
            case let error as SyntaxError: error.diagnostic.message
            case let error as PlannerError: error.message
            default: "\(error)"
            }
        return compare(failure: message, test)
    }

    private static func compare(failure message: String, _ test: OracleCase) -> String? {
        guard case .error(let expected, _, _) = test.expectation else {
            return "failed: \(words(message))"
        }
        // Texts that name the product name ours.
        let wanted = expected.replacing("running Flink", with: "running Apus")
        return words(message).contains(words(wanted))
            ? nil : "message is \(words(message)), expected \(words(expected))"
    }

    /// The text with all whitespace as single blanks, without the names of plan nodes.
    private static func words(_ text: String) -> String {
        var text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let node = text.firstRange(of: " by node ") {
            text = String(text[..<node.lowerBound])
        }
        return text
    }
}

/// Keeps the counters of all jobs of a script.
private final class CountObserver: JobObserver {
    private let counters = Mutex<[JobCounters]>([])

    var lateRows: Int64 { counters.withLock { $0.reduce(0) { $0 + $1.sample().lateRows } } }

    func running(_ counters: JobCounters) {
        self.counters.withLock { $0.append(counters) }
    }

    func attemptStarted(_: Int, from _: CheckpointID?, notes _: [String]) {}
    func checkpointCompleted(_: CheckpointID, microseconds _: Int64, _: CheckpointStats) {}
    func checkpointGivenUp(_: CheckpointID, reason _: String) {}
    func restarting(_: WrappedFailure, afterMicroseconds _: Int64) {}
    func report(_: ConnectorReport, from _: String) {}
}

/// The columns of the primary keys of a script's upsert tables, by print identifier.
enum PrimaryKeys {
    static func find(in sql: String) -> [String: [Int]] {
        var keys: [String: [Int]] = [:]
        for statement in sql.split(separator: ";") where statement.contains("'print-upsert'") {
            let body = statement.firstRange(of: "(").map { statement[$0.upperBound...] } ?? ""
            let lines = body.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let names = lines.prefix { !$0.hasPrefix(")") }.filter { !$0.isEmpty }
            let columns = names.filter { !$0.uppercased().hasPrefix("PRIMARY KEY") }
                .map { $0.split(separator: " ").first.map(String.init) ?? "" }
            guard let key = names.first(where: { $0.uppercased().hasPrefix("PRIMARY KEY") }),
                let open = key.firstIndex(of: "("), let close = key.firstIndex(of: ")")
            else { continue }
            let wanted = key[key.index(after: open)..<close].split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) }
            var identifier = ""
            if let mark = statement.firstRange(of: "'print-identifier' = '") {
                identifier = String(statement[mark.upperBound...].prefix { $0 != "'" })
            }
            keys[identifier] = wanted.compactMap { columns.firstIndex(of: $0) }
        }
        return keys
    }
}
