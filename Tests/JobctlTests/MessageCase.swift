import Foundation
import Testing

/// One file of `Cases`: a script that cannot run, and what is said about it.
///
/// ```
/// -- what the case is about
/// SQL; FOLDER stands for the folder of the test
/// ---- options --parallelism 2    optional
/// ---- file NAME                  optional: a file in the folder of the test
/// ---- exit 3                     the exit code, and all that is printed
/// ```
struct MessageCase: Sendable, CustomTestStringConvertible {
    let name: String
    private(set) var options: [String] = []
    private(set) var files: [(name: String, text: String)] = []
    private(set) var exit: Int32 = 0
    private(set) var message = ""
    let sql: String
    private let file: URL
    private var head = ""

    var testDescription: String { name }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Cases")

    static func all() throws -> [MessageCase] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "case" }
            .sorted { $0.path < $1.path }
            .map(MessageCase.init)
    }

    init(_ file: URL) throws {
        self.file = file
        name = file.deletingPathExtension().lastPathComponent
        let text = try String(contentsOf: file, encoding: .utf8)
        let sections = text.split(separator: "\n---- ", omittingEmptySubsequences: false)
        sql = String(sections[0])
        head = sql
        for section in sections.dropFirst() {
            let end = section.firstIndex(of: "\n") ?? section.endIndex
            let words = section[..<end].split(separator: " ").map(String.init)
            let body = section[end...].dropFirst()
            switch words[0] {
            case "options": options = Array(words.dropFirst())
            case "file": files.append((words[1], String(body)))
            case "exit":
                exit = Int32(words[1]) ?? -1
                message = String(body)
                continue
            default: throw MessageProblem(description: "\(name): '\(words[0])' is no section")
            }
            head += "\n---- " + section
        }
    }

    /// Writes what was found in place of what was expected.
    func record(exit: Int32, message: String) throws {
        try Data((head + "\n---- exit \(exit)\n" + message).utf8).write(to: file)
    }
}

struct MessageProblem: Error, CustomStringConvertible {
    let description: String
}
