import Foundation

/// One SQL case with what Apache Flink gave for it.
struct OracleCase: Sendable {
    /// What Flink gave.
    enum Expectation: Sendable {
        /// The final table, sorted, and the exact changes where they are determined.
        case rows([String], changelog: [String]?)
        /// The essential line of the message of a statement or job that must fail.
        case error(message: String, phase: String, position: String?)
    }

    /// As in `group/name`.
    let name: String
    let sql: String
    let expectation: Expectation
    let isUpsert: Bool
    /// Whether rows are in several windows.
    var hops: Bool { sql.contains("HOP(") }
    /// The order within maps and multisets is free.
    let hasUnorderedMaps: Bool

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Oracle")

    init(group: String, file: URL) throws {
        let base = file.deletingPathExtension()
        name = "\(group)/\(base.lastPathComponent)"
        let text = try String(contentsOf: file, encoding: .utf8)
        sql = text.replacing("${DATA}", with: Self.folder.appending(path: "data").path)
        isUpsert = text.contains("-- sink: upsert")
        hasUnorderedMaps = text.contains("-- compare: map entries and multisets are unordered")
        func lines(_ type: String) throws -> [String]? {
            let file = base.appendingPathExtension(type)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            return try String(contentsOf: file, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        }
        if let rows = try lines("expected") {
            let isExact = text.contains("-- changelog: exact")
            expectation = .rows(rows, changelog: isExact ? try lines("changelog") : nil)
        } else {
            let error = try lines("error") ?? []
            func value(_ key: String) -> String? {
                error.first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) }
            }
            expectation = .error(
                message: error.first ?? "",
                phase: value("phase") ?? "",
                position: value("position")
            )
        }
    }

    /// All cases, sorted by name.
    static func all() throws -> [OracleCase] {
        let root = folder.appending(path: "cases")
        var cases: [OracleCase] = []
        for group in try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() {
            let names = try FileManager.default
                .contentsOfDirectory(atPath: root.appending(path: group).path)
            for name in names.sorted() where name.hasSuffix(".sql") {
                cases.append(
                    try OracleCase(
                        group: group,
                        file: root.appending(path: group).appending(path: name)
                    )
                )
            }
        }
        return cases
    }
}
