import Columnar
import Connectors
import Core
import ObjectStore
import TestKit
import Testing

/// Reading files in parts and going on from every position.
@Suite struct FileSplitTests {
    /// Lines of different lengths, an empty one, one that ends in `\r\n`, the last without an end.
    static let text =
        #"{"id":1,"name":"a"}"# + "\n" + #"{"id":22,"name":"bb","more":[1,{"x":2}]}"# + "\r\n\n"
        + #"{"id":3}"# + "\n" + #"{"name":"ünï","id":4}"# + "\n" + #"{"id":5,"name":"end"}"#
    static let rows = [
        "+I[1, a]", "+I[22, bb]", "+I[3, null]", "+I[4, ünï]", "+I[5, end]",
    ]

    @Test func `parts of every size give each record once`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", Self.text)
        for size in 1...Self.text.utf8.count + 1 {
            let table = FileTable(folder, "a.json", ["source.split-size": "\(size) b"])
            #expect(try table.rows() == Self.rows, "parts of \(size) bytes")
            #expect(try table.rows(parallelism: 3).sorted() == Self.rows.sorted())
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func `reading goes on behind every batch`(batchRows: Int) throws {
        let folder = try FileFolder()
        try folder.write("a.json", Self.text)
        try folder.write("b.json", JSONLines.text(6...9))
        let all = Self.rows + JSONLines.rows(6...9)
        for size in [7, 30, 50, 1000] {
            let table = FileTable(folder, "", ["source.split-size": "\(size) b"])
            var steps = 0
            var isFinished = false
            while !isFinished {
                let driver = table.driver(batchRows: batchRows)
                try driver.start(parallelism: 1)
                for _ in 0..<steps { try driver.step() }
                isFinished = driver.isFinished
                // Readers may be further than the enumerator knows.
                try driver.checkpoint(roundsBetween: steps % 3)
                try driver.step()
                driver.crash()
                try driver.start(parallelism: 1 + steps % 3)
                while !driver.isFinished { try driver.step() }
                #expect(
                    driver.rows().sorted() == all.sorted(),
                    "restored after \(steps) steps, parts of \(size) bytes"
                )
                steps += 1
            }
            #expect(steps > all.count / batchRows)
        }
    }

    @Test func `a restart in every round loses and repeats nothing`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", Self.text)
        try folder.write("b.json", JSONLines.text(6...40))
        let driver = FileTable(folder, "", ["source.split-size": "90 b"]).driver(batchRows: 2)
        try driver.start(parallelism: 2)
        while !driver.isFinished {
            try driver.step()
            try driver.checkpoint()
            driver.crash()
            try driver.start(parallelism: 2)
            try driver.step()
        }
        #expect(driver.rows().sorted() == (Self.rows + JSONLines.rows(6...40)).sorted())
    }

    @Test func `records longer than a block are read whole`() throws {
        let folder = try FileFolder()
        let long = String(repeating: "x", count: 700_000)
        var text = ""
        for id in 1...4 { text += #"{"id":\#(id),"name":"\#(id)\#(long)"}"# + "\n" }
        try folder.write("a.json", text)
        for size in ["100 kb", "1 mb", "64 mb"] {
            let rows = try FileTable(folder, "a.json", ["source.split-size": size]).rows()
            #expect(rows == (1...4).map { "+I[\($0), \($0)\(long)]" })
        }
    }

    @Test func `many records are read by several readers`() throws {
        let folder = try FileFolder()
        for file in 0..<4 {
            try folder.write("\(file).json", JSONLines.text(file * 20_000..<(file + 1) * 20_000))
        }
        let table = FileTable(folder, "", ["source.split-size": "100 kb"])
        #expect(try table.rows(batchRows: 1000) == JSONLines.rows(0..<80_000))
        let rows = try table.rows(parallelism: 3, batchRows: 1000)
        #expect(rows.count == 80_000)
        #expect(Set(rows).count == 80_000)
    }

    @Test func `only files that are too few for all readers are divided`() throws {
        let folder = try FileFolder()
        let text = String(repeating: "\n", count: 100 << 20)
        try folder.write("a.json", text)
        try folder.write("b.json", text)
        func splits(_ parallelism: Int) throws -> Int {
            let driver = FileTable(folder).driver()
            try driver.start(parallelism: parallelism)
            while !driver.isFinished { try driver.step() }
            return driver.finishedCount
        }
        #expect(try splits(1) == 2)
        #expect(try splits(2) == 2)
        #expect(try splits(3) == 4)
    }

    @Test func `a file without rows gives no batch and does not hold a barrier up`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", String(repeating: "\n", count: 40 << 20))
        let driver = FileTable(folder, "a.json").driver()
        try driver.start(parallelism: 1)
        try driver.step()
        #expect(!driver.isFinished)
        #expect(driver.rows().isEmpty)
        while !driver.isFinished { try driver.step() }
        #expect(driver.rows().isEmpty)
    }

    @Test func `a file that shrank under a restored part is refused`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...10))
        let driver = FileTable(folder, "a.json").driver(batchRows: 3)
        try driver.start(parallelism: 1)
        try driver.step()
        try driver.checkpoint()
        driver.crash()
        try folder.write("a.json", JSONLines.text(1...9))
        try driver.start(parallelism: 1)
        let error = #expect(throws: ConnectorError.self) { try driver.step() }
        let message = error?.message ?? ""
        #expect(message.contains("\(folder.path)/a.json has shrunk from 242 to 216 bytes"))
        #expect(message.contains("next record at byte 72"))
        #expect(error?.blame == .user)

        try LocalFiles.remove("\(folder.path)/a.json")
        driver.crash()
        try driver.start(parallelism: 1)
        let lost = #expect(throws: ConnectorError.self) { try driver.step() }
        #expect(lost?.message.contains("a.json has disappeared") == true)
    }

    @Test func `a file that was replaced under a restored part is refused`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...10))
        let driver = FileTable(folder, "a.json").driver(batchRows: 3)
        try driver.start(parallelism: 1)
        try driver.step()
        try driver.checkpoint()
        driver.crash()
        try folder.write("a.json", JSONLines.text(100...120))
        try driver.start(parallelism: 1)
        let error = #expect(throws: ConnectorError.self) { try driver.step() }
        #expect(error?.message.contains("no record begins at byte 72 any more") == true)
    }

    @Test func `rows that come into a file behind the end that was seen are not read`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...10))
        let driver = FileTable(folder, "a.json").driver(batchRows: 3)
        try driver.start(parallelism: 1)
        try driver.step()
        try driver.checkpoint()
        driver.crash()
        try folder.write("a.json", JSONLines.text(1...12))
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        #expect(driver.rows() == JSONLines.rows(1...10))
    }
}
