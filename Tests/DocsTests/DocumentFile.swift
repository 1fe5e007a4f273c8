import Foundation

/// A document of the repository, with the generated tables in it.
struct DocumentFile {
    /// The path from the top of the repository.
    let path: String
    let text: String

    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether differing tables are written anew; the test fails all the same.
    static let isRecording = ProcessInfo.processInfo.environment["APUS_RECORD"] == "1"

    init(_ path: String) throws {
        self.path = path
        text = try String(
            contentsOf: DocumentFile.repository.appending(path: path),
            encoding: .utf8
        )
    }

    /// The names of all Swift files of the repository's top and sources.
    static func swiftFiles() throws -> Set<String> {
        let manager = FileManager.default
        let top = try manager.contentsOfDirectory(atPath: repository.path)
        let sources = try manager.subpathsOfDirectory(atPath: "\(repository.path)/Sources")
        let names = (top + sources).map { String($0.split(separator: "/").last ?? "") }
        return Set(names.filter { $0.hasSuffix(".swift") })
    }

    /// The names of the generated tables of a kind, in order: `<!-- options: NAME -->`.
    func names(_ kind: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("<!-- \(kind): "), line.hasSuffix(" -->") else { return nil }
            return String(line.dropFirst("<!-- \(kind): ".count).dropLast(" -->".count))
        }
    }

    /// What stands between a table's marker and `<!-- end -->`, without blank lines around it.
    func table(_ kind: String, _ name: String) -> String? {
        range(kind, name).map { text[$0].trimmingCharacters(in: .newlines) }
    }

    private func range(_ kind: String, _ name: String) -> Range<String.Index>? {
        guard let begin = text.range(of: "<!-- \(kind): \(name) -->\n"),
            let end = text.range(of: "<!-- end -->", range: begin.upperBound..<text.endIndex)
        else { return nil }
        return begin.upperBound..<end.lowerBound
    }

    /// Writes a table anew.
    func record(_ kind: String, _ name: String, _ table: String) throws {
        var changed = try DocumentFile(path).text
        guard let range = try DocumentFile(path).range(kind, name) else { return }
        changed.replaceSubrange(range, with: "\n\(table.trimmingCharacters(in: .newlines))\n\n")
        try changed.write(
            to: DocumentFile.repository.appending(path: path),
            atomically: true,
            encoding: .utf8
        )
    }

    /// Whether a name stands in the document as code: in backticks, alone or with arguments.
    func mentions(_ name: String) -> Bool {
        var rest = text[...]
        while let found = rest.range(of: "`\(name)") {
            rest = rest[found.upperBound...]
            guard let next = rest.first else { return false }
            if !next.isLetter, !next.isNumber, next != "_" { return true }
        }
        return false
    }
}
