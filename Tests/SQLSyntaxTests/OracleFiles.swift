import FoundationEssentials
import SQLSyntax
import Testing

/// The cases recorded from Flink, in `Tests/Oracle`.
enum OracleFiles {
    /// The folder of the oracle.
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(2)
        return parts.joined(separator: "/") + "/Oracle"
    }()

    /// A case: its group and name, as in `errors/parse_bad_type`.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String

        var testDescription: String { name }
        var path: String { "\(root)/cases/\(name)" }

        /// Whether the case is about `MATCH_RECOGNIZE`, which is refused.
        var isAboutMatching: Bool { sql.contains("MATCH_RECOGNIZE") }

        var sql: String { OracleFiles.text("\(path).sql") }
        /// The lines of the expected error, or nothing.
        var error: [String] {
            OracleFiles.text("\(path).error").split(separator: "\n").map(String.init)
        }
    }

    /// All cases that have SQL.
    static let cases: [Case] = {
        var cases: [Case] = []
        let folder = "\(root)/cases"
        for group in names(in: folder) {
            for file in names(in: "\(folder)/\(group)") where file.hasSuffix(".sql") {
                cases.append(Case(name: "\(group)/\(file.dropLast(4))"))
            }
        }
        return cases
    }()

    /// The plans' SQL files, by path.
    static let plans: [String] = names(in: "\(root)/plans").filter { $0.hasSuffix(".sql") }

    /// The cases in which Flink refuses the text itself.
    static let refused = cases.filter { $0.error.contains("phase: parse") }

    /// The expressions that Flink refuses, with the phase and the message.
    static let rejectedExpressions: [(sql: String, phase: String, message: String)] = {
        text("\(root)/cases/errors/rejected_expressions.tsv").split(separator: "\n").dropFirst()
            .map { line in
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                return (String(fields[0]), String(fields[1]), String(fields[2]))
            }
    }()

    static func text(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
