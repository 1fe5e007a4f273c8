import Columnar
import Connectors
import Core
import Foundation
import ObjectStore
import TestKit
import Testing

/// Records that cannot be decoded are kept, exactly once.
@Suite struct DeadLetterTests {
    /// One dead letter as a consumer reads it.
    private struct Letter: Decodable {
        let file: String
        let offset: Int64
        let error: String
        let bytes: Data
        let text: String?
    }

    private static func letters(_ folder: FileFolder) throws -> [Letter] {
        var letters: [Letter] = []
        for name in try folder.names("dead") {
            for line in try folder.text("dead/\(name)").split(separator: "\n") {
                letters.append(try JSONDecoder().decode(Letter.self, from: Data(line.utf8)))
            }
        }
        return letters.sorted { ($0.file, $0.offset) < ($1.file, $1.offset) }
    }

    private static func table(
        _ folder: FileFolder,
        _ options: [String: String] = [:]
    ) -> FileTable {
        let errors = [
            "error.mode": "dead-letter", "error.dead-letter.path": "\(folder.path)/dead",
        ]
        return FileTable(folder, "in", errors.merging(options) { $1 })
    }

    @Test func `a dead letter has the place, the error and the bytes`() throws {
        let folder = try FileFolder()
        var bytes = Array((JSONLines.text([1]) + "oops \"x\"\n").utf8)
        bytes += [0xFF, 0xFE, 0x0A] + Array(JSONLines.text([2]).utf8)
        try LocalFiles.makeFolders("\(folder.path)/in")
        try LocalFiles.write("\(folder.path)/in/a.json", bytes)
        let driver = Self.table(folder).driver()
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        #expect(driver.rows() == JSONLines.rows(1...2))
        let letters = try Self.letters(folder)
        try #require(letters.count == 2)
        #expect(letters.map(\.offset) == [24, 33])
        #expect(letters.allSatisfy { $0.file == "\(folder.path)/in/a.json" })
        #expect(letters.allSatisfy { !$0.error.isEmpty })
        #expect(letters[0].text == "oops \"x\"")
        #expect(Array(letters[0].bytes) == Array("oops \"x\"".utf8))
        #expect(letters[1].text == nil)
        #expect(Array(letters[1].bytes) == [0xFF, 0xFE])
        #expect(
            driver.reports.warnings.first?.contains("It is kept in \(folder.path)/dead/") == true
        )
        #expect(
            driver.reports.warnings.last?.hasSuffix("2 records that cannot be decoded.") == true
        )
    }

    @Test func `files without errors leave nothing`() throws {
        let folder = try FileFolder()
        try folder.write("in/a.json", JSONLines.text(1...3))
        #expect(try Self.table(folder).rows() == JSONLines.rows(1...3))
        #expect(try folder.names("dead").isEmpty)
    }

    @Test(arguments: [1, 2, 5])
    func `a restart in every round keeps each letter once`(batchRows: Int) throws {
        let folder = try FileFolder()
        var expected: [String] = []
        for file in 0..<3 {
            var text = ""
            for id in 0..<30 {
                let isBad = id % 3 == file
                text += isBad ? "bad \(file) \(id)\n" : JSONLines.text([file * 100 + id])
                if isBad { expected.append("bad \(file) \(id)") }
            }
            try folder.write("in/\(file).json", text)
        }
        let table = Self.table(folder, ["source.split-size": "200 b"])
        let driver = table.driver(batchRows: batchRows)
        try driver.start(parallelism: 2)
        var round = 0
        while !driver.isFinished {
            try driver.step()
            try driver.checkpoint(roundsBetween: round % 2)
            // What comes after the checkpoint is read again.
            for _ in 0..<round % 3 { try driver.step() }
            driver.crash()
            try driver.start(parallelism: 1 + round % 3)
            try driver.step()
            round += 1
        }
        #expect(try Self.letters(folder).compactMap(\.text) == expected)
        #expect(driver.rows().count == 60)
    }

    @Test func `a start without state begins the letters anew`() throws {
        let folder = try FileFolder()
        try folder.write("in/a.json", "bad 1\nbad 2\n" + JSONLines.text([1]))
        for _ in 0..<2 {
            #expect(try Self.table(folder).rows() == JSONLines.rows([1]))
            #expect(try Self.letters(folder).compactMap(\.text) == ["bad 1", "bad 2"])
        }
    }

    @Test func `what a crash left of a line is cut off`() throws {
        let folder = try FileFolder()
        try folder.write(
            "in/a.json",
            "bad 1\n" + JSONLines.text([1]) + "bad 2\n" + JSONLines.text([2])
        )
        let driver = Self.table(folder).driver(batchRows: 1)
        try driver.start(parallelism: 1)
        try driver.step()
        try driver.checkpoint()
        try driver.step()
        driver.crash()
        let name = try #require(try folder.names("dead").first)
        let text = try folder.text("dead/\(name)")
        #expect(text.split(separator: "\n").count == 2)
        try folder.write("dead/\(name)", String(text.dropLast(20)))
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        #expect(try Self.letters(folder).compactMap(\.text) == ["bad 1", "bad 2"])
        #expect(driver.rows() == JSONLines.rows(1...2))
    }

    @Test(arguments: [
        (["error.mode": "fail"], "It needs 'error.mode' = 'dead-letter'"),
        (["error.dead-letter.path": "s3://x/y"], "Could not find a file system implementation"),
    ])
    func `bad options are refused`(options: [String: String], text: String) throws {
        let folder = try FileFolder()
        #expect(Self.table(folder, options).error().contains(text))
    }

    @Test func `the folder of dead letters must not be read`() throws {
        let folder = try FileFolder()
        var table = Self.table(folder, ["error.dead-letter.path": "\(folder.path)/in/dead"])
        #expect(table.error().contains("dead letters would be read as records"))
        table.options["error.dead-letter.path"] = nil
        #expect(table.error().hasPrefix("One or more required options are missing."))
    }
}
