import Foundation
import TestKit
import Testing

/// One file of `Cases`: a script, what its tables are sent, and what is to come out.
///
/// ```
/// -- what the case is about
/// SQL
/// ---- push orders      rows of one table; a checkpoint follows each push
/// ---- table            the rows that are left, sorted
/// ---- changelog        all changes at parallelism 1, one row at a time
/// ```
/// A comment `-- gated only: why` says that the result depends on the order of the pushes,
/// `-- any order: why` that the changes, all of them inserts, come in no determined order.
struct StreamCase: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    let steps: [Script.Step]
    let table: [String]
    let changelog: [String]
    let isGatedOnly: Bool
    let hasAnyOrder: Bool
    private let file: URL
    /// The file up to what is recorded.
    private let head: String

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Cases")

    init(_ file: URL) throws {
        self.file = file
        name = file.deletingPathExtension().lastPathComponent
        let text = try String(contentsOf: file, encoding: .utf8)
        var sql = ""
        var head = ""
        var steps: [Script.Step] = []
        var table: [String] = []
        var changelog: [String] = []
        for (index, section) in ("\n" + text).split(separator: "\n---- ").enumerated() {
            let end = section.firstIndex(of: "\n") ?? section.endIndex
            let title = section[..<end].split(separator: " ")
            let body = String(section[end...])
            let lines = body.split(separator: "\n").map(String.init)
            switch title.first {
            case _ where index == 0: sql = String(section.drop { $0 == "\n" })
            case "push" where title.count == 2:
                steps.append(Script.Step(String(title[1]), .text(body)))
            case "table": table = lines
            case "changelog": changelog = lines
            default: throw StreamProblem("\(name): '---- \(section[..<end])' is no section")
            }
            if index == 0 {
                head = sql
            } else if title.first == "push" {
                head += "\n---- " + section
            }
        }
        self.sql = sql
        self.head = head
        self.steps = steps
        self.table = table
        self.changelog = changelog
        isGatedOnly = sql.contains("-- gated only:")
        hasAnyOrder = sql.contains("-- any order:")
    }

    static func all() throws -> [StreamCase] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".stream") }.sorted()
            .map { try StreamCase(folder.appending(path: $0)) }
    }

    /// The changes of a run as they are compared.
    func changes(_ tables: CollectedTables) -> [String] {
        hasAnyOrder ? tables.changelog.sorted() : tables.changelog
    }

    /// Writes down what came out.
    func record(table: [String], changelog: [String]) throws {
        let head = head.split(separator: "\n", omittingEmptySubsequences: false)
            .reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n")
        let text = ([head, "---- table"] + table + ["---- changelog"] + changelog)
            .joined(separator: "\n")
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    /// The steps with all rows of a table in one.
    var merged: [Script.Step] {
        var texts: [String: String] = [:]
        var order: [String] = []
        for step in steps {
            guard case .text(let text) = step.rows else { continue }
            if texts[step.table] == nil { order.append(step.table) }
            texts[step.table, default: ""] += text
        }
        return order.map { Script.Step($0, .text(texts[$0] ?? "")) }
    }
}

/// What is wrong with a run.
struct StreamProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
