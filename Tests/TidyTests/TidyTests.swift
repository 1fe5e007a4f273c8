import Foundation
import Testing

/// One source file of the repository.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// The path from the top of the repository.
    let path: String
    let lines: [String]

    var testDescription: String { path }

    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files below the given folders, sorted.
    static func all(below folders: [String]) -> [SourceFile] {
        folders.flatMap { folder -> [SourceFile] in
            let root = repository.appending(path: folder)
            let names =
                FileManager.default.enumerator(atPath: root.path)?
                .compactMap { $0 as? String } ?? []
            return names.filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
                guard
                    let text = try? String(contentsOf: root.appending(path: name), encoding: .utf8)
                else { return nil }
                return SourceFile(
                    path: "\(folder)/\(name)",
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                        .map(String.init)
                )
            }
        }
    }

    /// A line without its comment and without what stands in string literals.
    static func code(_ line: String) -> String {
        var code = ""
        var isInString = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { isInString.toggle() }
            if !isInString, character == "/", previous == "/" { return String(code.dropLast()) }
            if !isInString { code.append(character) }
            previous = character
        }
        return code
    }
}

/// How Apus is written, held by a test (docs/ARCHITECTURE.md names the rules).
@Suite struct TidyTests {
    /// Old offenders; the list may only shrink.
    static let tolerated: Set<String> = []

    static let sources = SourceFile.all(below: ["Sources"])
    static let everything = SourceFile.all(below: ["Sources", "Tests", "Benchmarks"])

    @Test func `there are sources to read`() {
        #expect(Self.sources.count > 50)
        #expect(Self.everything.count > Self.sources.count)
    }

    @Test func `no file has more than 500 lines`() {
        for file in Self.everything where file.lines.count > 501 {
            Issue.record("\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `no function has more than 70 lines`() {
        for file in Self.sources {
            for function in longFunctions(file) where !Self.tolerated.contains(function) {
                Issue.record("\(function) has more than 70 lines")
            }
        }
    }

    private func longFunctions(_ file: SourceFile) -> [String] {
        var found: [String] = []
        var start: (line: Int, indent: Int, name: String)?
        for (number, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let code = SourceFile.code(line).trimmingPrefix { $0 == " " }
            if let open = start {
                if code.hasPrefix("}"), indent == open.indent {
                    if number - open.line - 1 > 70 { found.append("\(file.path): \(open.name)") }
                    start = nil
                }
                continue
            }
            let words = code.split(separator: " ")
            guard let position = words.firstIndex(where: { $0 == "func" || $0.hasPrefix("init") }),
                position < 6, !words.prefix(position).contains("protocol"),
                words[0] != "case", words[0] != "let", words[0] != "return"
            else { continue }
            let name = words[position...].prefix(2).joined(separator: " ")
            start = (number, indent, name)
            // A requirement of a protocol has no body.
            if code.hasSuffix("}") || isRequirement(file, number) { start = nil }
        }
        return found
    }

    /// Whether a declaration ends without a body.
    private func isRequirement(_ file: SourceFile, _ line: Int) -> Bool {
        let indent = file.lines[line].prefix { $0 == " " }
        for (number, next) in file.lines[line...].enumerated() {
            if SourceFile.code(next).contains("{") { return false }
            let isPart = next.hasPrefix(indent + " ") || next.hasPrefix(indent + ")")
            if number > 0, !isPart { return true }
        }
        return true
    }

    /// Words that stand for something better.
    static let banned: [(word: String, instead: String)] = [
        ("try!", "a thrown error"),
        ("as!", "a checked cast"),
        ("fatalError(", "precondition with a sentence"),
        ("DispatchQueue", "WorkerThread and Mailbox"),
        ("Task.detached", "a task group or an actor"),
        ("print(", "the log, or the program's own output"),
        ("NSLock", "Mutex"),
        ("@unchecked Sendable", "Sendable, or a // Safety: comment in the same file"),
    ]

    @Test func `banned words do not occur in sources`() {
        for file in Self.sources {
            let isSafe = file.lines.contains { $0.contains("// Safety:") }
            for (number, line) in file.lines.enumerated() {
                let code = SourceFile.code(line)
                for (word, instead) in Self.banned where code.contains(word) {
                    if word == "@unchecked Sendable", isSafe { continue }
                    if word == "print(", code.contains("func print(") || code.contains(".print(") {
                        continue
                    }
                    Issue.record("\(file.path):\(number + 1): '\(word)': use \(instead)")
                }
            }
        }
    }

    @Test func `nothing is left for later`() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "not yet " + "implemented"]
        for file in Self.everything {
            for (number, line) in file.lines.enumerated() {
                for mark in marks where line.contains(mark) {
                    Issue.record("\(file.path):\(number + 1): '\(mark)'")
                }
            }
        }
    }

    /// The folders that own raw memory or a C library.
    static let unsafeFolders = [
        "Sources/Columnar/", "Sources/KeyedState/", "Sources/Threads/",
        "Sources/Formats/JSON/", "Sources/PostgresConnector/Client/", "Sources/ObjectStore/",
        "Sources/ClusterProtocol/Bytes/", "Sources/Expressions/Regex/", "Sources/Core/Clock.swift",
        "Sources/Core/StandardStream.swift",
    ]

    @Test func `unsafe code stays in the folders that own raw memory`() {
        for file in Self.sources
        where !Self.unsafeFolders.contains(where: { file.path.hasPrefix($0) }) {
            for (number, line) in file.lines.enumerated() {
                let words = SourceFile.code(line).split { !$0.isLetter && $0 != "_" }
                if words.contains("unsafe") {
                    Issue.record("\(file.path):\(number + 1): 'unsafe' outside its folders")
                }
            }
        }
    }

    @Test func `every test folder belongs to a target`() throws {
        let manifest = try String(
            contentsOf: SourceFile.repository.appending(path: "Package.swift"),
            encoding: .utf8
        )
        for file in SourceFile.all(below: ["Tests"]) {
            let folder = file.path.split(separator: "/")[1]
            let name = folder.hasSuffix("Tests") ? folder.dropLast(5) : folder
            #expect(
                manifest.contains("\"\(name)\"") || manifest.contains("Tests/\(folder)"),
                "\(file.path) is run by nobody"
            )
        }
    }
}
