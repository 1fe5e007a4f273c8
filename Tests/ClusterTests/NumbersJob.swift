import ClusterKit
import Foundation
import TestKit

/// A job that writes the numbers from 1 on into files, and what came of it.
struct NumbersJob {
    let cluster: TestCluster
    let rows: Int
    var rowsPerSecond = 20_000
    /// Settings of the job, as `SET` statements.
    var settings = ""

    /// All numbers go to one folder, and to another those that a join has found on both sides.
    var sql: String {
        """
        SET 'execution.checkpointing.interval' = '500 ms';
        \(settings)
        \(source("numbers"))
        \(source("partners"))
        CREATE TABLE written (k BIGINT, n BIGINT) WITH (
          'connector' = 'filesystem', 'path' = '\(cluster.folder)/written', 'format' = 'json');
        CREATE TABLE pairs (k BIGINT, n BIGINT) WITH (
          'connector' = 'filesystem', 'path' = '\(cluster.folder)/pairs', 'format' = 'json');
        INSERT INTO written SELECT k, n FROM numbers;
        INSERT INTO pairs SELECT a.k, a.n FROM numbers a JOIN partners b ON a.n = b.n;
        """
    }

    private func source(_ name: String) -> String {
        """
        CREATE TABLE \(name) (n BIGINT, k BIGINT) WITH (
          'connector' = 'datagen', 'number-of-rows' = '\(rows)',
          'rows-per-second' = '\(rowsPerSecond)',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '\(rows)',
          'fields.k.min' = '0', 'fields.k.max' = '30');
        """
    }

    func submit(
        _ more: [String] = [],
        name: String = "numbers",
        at number: Int = 0
    ) throws {
        let file = try cluster.write("numbers.sql", sql)
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", name] + more,
            at: number
        )
        guard exit == 0 else { throw WatchedProcess.Failure(description: text + cluster.log) }
    }

    /// The numbers in the files of a folder, sorted.
    func numbers(in folder: String) throws -> [Int] {
        let path = "\(cluster.folder)/\(folder)"
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        var all: [Int] = []
        for name in names where !name.hasPrefix(".") && !name.hasPrefix("_") {
            let text = try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard let start = line.firstRange(of: "\"n\":"),
                    let number = Int(line[start.upperBound...].prefix { $0.isNumber })
                else { throw WatchedProcess.Failure(description: "a row without number: \(line)") }
                all.append(number)
            }
        }
        return all.sorted()
    }

    /// What is wrong with both outputs, with what the programs printed; nil when nothing is.
    func defects() throws -> String? {
        let defects = try ["written", "pairs"].compactMap { try defect(in: $0) }
        return defects.isEmpty ? nil : "\(defects.joined(separator: "\n"))\n\(cluster.log)"
    }

    /// What is wrong with the output; nil when every number is there once.
    func defect(in folder: String) throws -> String? {
        let found = try numbers(in: folder)
        let unique = Set(found)
        let lost = (1...rows).count { !unique.contains($0) }
        guard lost > 0 || found.count != unique.count else { return nil }
        return "\(folder): \(lost) of \(rows) lost, \(found.count - unique.count) doubled"
    }
}
