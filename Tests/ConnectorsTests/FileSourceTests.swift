import Columnar
import Connectors
import Core
import ObjectStore
import TestKit
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Metadata, changelogs, new files and records that cannot be decoded.
@Suite struct FileSourceTests {
    @Test func `metadata columns tell of the file`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...2))
        try folder.write("b.json", JSONLines.text([3]))
        var table = FileTable(folder)
        table.columns = [
            TableColumn("size", .bigint, metadataKey: "file.size", isVirtual: true),
            TableColumn("id", .integer),
            TableColumn("file", .string.notNull, metadataKey: "file.name", isVirtual: true),
            TableColumn("path", .string, metadataKey: "file.path", isVirtual: true),
        ]
        let path = folder.path
        let expected = [
            "+I[48, 1, a.json, \(path)/a.json]", "+I[48, 2, a.json, \(path)/a.json]",
            "+I[24, 3, b.json, \(path)/b.json]",
        ]
        #expect(try table.rows() == expected)
        table.paths = [[2]]
        #expect(try table.rows() == ["+I[a.json]", "+I[a.json]", "+I[b.json]"])
        table.paths = []
        #expect(try table.rows() == ["+I[]", "+I[]", "+I[]"])
    }

    @Test func `the time of the last change is a timestamp`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text([1]))
        var table = FileTable(folder)
        table.columns = [
            TableColumn("t", .timestampLTZ(3), metadataKey: "file.modification-time")
        ]
        let driver = table.driver()
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        let status = try #require(try LocalFiles.target("\(folder.path)/a.json"))
        let column = try #require(driver.delivered.first?.batch.columns.first)
        let expected = Column.constant(
            .int(status.changedMilliseconds * 1000),
            .timestampLTZ(3),
            count: 1
        )
        #expect(
            RecordBatch([column], count: 1).printedRows
                == RecordBatch([expected], count: 1).printedRows
        )
    }

    @Test(arguments: [
        ("file.nam", DataType.string, "Invalid metadata key 'file.nam' in column 'm'"),
        ("ingestion-timestamp", DataType.timestampLTZ(3), "Invalid metadata key"),
        ("file.size", DataType.string, "Invalid data type for metadata column 'm'"),
        ("value.source.table", DataType.bigint, "the metadata 'value.source.table' is of type"),
    ])
    func `metadata that does not exist is refused`(
        key: String,
        type: DataType,
        text: String
    ) throws {
        var table = FileTable(try FileFolder(), "", ["format": "debezium-json"])
        table.columns = [TableColumn("id", .integer), TableColumn("m", type, metadataKey: key)]
        #expect(table.error().contains(text), "\(table.error())")
    }

    private static func change(_ before: Int?, _ after: Int?, _ table: String) -> String {
        let images = [before, after].map { $0.map { #"{"id":\#($0),"name":"x"}"# } ?? "null" }
        let operation = before == nil ? "c" : after == nil ? "d" : "u"
        return #"{"before":\#(images[0]),"after":\#(images[1]),"op":"\#(operation)","#
            + #""source":{"table":"\#(table)"}}"# + "\n"
    }

    @Test(arguments: [1, 3])
    func `changes stay in the order of the files`(parallelism: Int) throws {
        let folder = try FileFolder()
        var expected: [String] = []
        for file in 0..<4 {
            var text = ""
            for id in 0..<50 {
                text += Self.change(file == 0 ? nil : id + 100 * (file - 1), id + 100 * file, "t")
                if file > 0 { expected.append("-U[\(id + 100 * (file - 1)), t]") }
                expected.append("\(file == 0 ? "+I" : "+U")[\(id + 100 * file), t]")
            }
            try folder.write("\(file).json", text)
        }
        let options = ["format": "debezium-json", "source.split-size": "500 b"]
        var table = FileTable(folder, "", options)
        table.columns = [
            TableColumn("id", .integer),
            TableColumn("table", .string, metadataKey: "value.source.table"),
        ]
        #expect(try table.rows(parallelism: parallelism, batchRows: 7) == expected)

        let driver = table.driver(batchRows: 7)
        try driver.start(parallelism: parallelism)
        while !driver.isFinished {
            try driver.step()
            try driver.checkpoint()
            driver.crash()
            try driver.start(parallelism: parallelism)
        }
        #expect(driver.rows() == expected)

        table.options["source.file-order"] = "parallel"
        #expect(try table.rows(parallelism: parallelism).sorted() == expected.sorted())
    }

    @Test func `new files are read while the job runs`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...3))
        let table = FileTable(folder, "", ["source.monitor-interval": "1 ms"])
        #expect(try FilesystemFactory().source(table.definition).isBounded == false)
        let driver = table.driver(batchRows: 2)
        try driver.start(parallelism: 2)
        #expect(try driver.run { driver.rows().count == 3 })
        try folder.write("c.json", JSONLines.text(4...5))
        try folder.write("_b.json", JSONLines.text([99]))
        try folder.write("empty.json", "")
        #expect(try driver.run { driver.rows().count == 5 })
        try folder.write("b.json", JSONLines.text(6...9))
        try folder.write("empty.json", JSONLines.text([10]))
        #expect(try driver.run { driver.rows().count == 10 })
        try driver.checkpoint()
        driver.crash()
        try driver.start(parallelism: 1)
        try folder.write("d.json", JSONLines.text([11]))
        #expect(try driver.run { driver.rows().count == 11 })
        #expect(Set(driver.rows()) == Set(JSONLines.rows(1...11)))
        #expect(!driver.isFinished)
    }

    @Test func `a restart while new files arrive reads each of them once`() throws {
        let folder = try FileFolder()
        try folder.write("0.json", JSONLines.text([0]))
        let options = ["source.monitor-interval": "1 ms", "source.split-size": "60 b"]
        let driver = FileTable(folder, "", options).driver(batchRows: 1)
        try driver.start(parallelism: 2)
        for file in 1...20 {
            try folder.write("\(file).json", JSONLines.text(file * 10..<file * 10 + 5))
            for _ in 0..<3 { try driver.step() }
            try driver.checkpoint(roundsBetween: file % 4)
            try driver.step()
            driver.crash()
            try driver.start(parallelism: 1 + file % 3)
        }
        let expected = [0] + (1...20).flatMap { file in file * 10..<file * 10 + 5 }
        #expect(try driver.run { driver.rows().count >= expected.count })
        for _ in 0..<20 { try driver.step(waitingMicroseconds: 0) }
        #expect(driver.rows().sorted() == JSONLines.rows(expected).sorted())
    }

    // Another source may keep the barrier back: a new file is found and handed out behind the
    // enumerator's part of the checkpoint and before the readers'.
    @Test func `a file found in the middle of a checkpoint is read whole after a restore`() throws {
        let folder = try FileFolder()
        try folder.write("0.json", JSONLines.text([0]))
        let options = ["source.monitor-interval": "1 ms", "source.split-size": "60 b"]
        let driver = FileTable(folder, "", options).driver(batchRows: 1)
        try driver.start(parallelism: 2)
        #expect(try driver.run { driver.rows().count == 1 })
        try driver.checkpoint()
        try folder.write("1.json", JSONLines.text(10..<40))
        // The next look into the folder is due.
        usleep(5000)
        #expect(try driver.checkpoint(roundsBetween: 4))
        #expect((2..<31).contains(driver.rows().count))
        driver.crash()
        try driver.start(parallelism: 1)
        let expected = [0] + Array(10..<40)
        #expect(try driver.run { driver.rows().count >= expected.count })
        for _ in 0..<20 { try driver.step(waitingMicroseconds: 0) }
        #expect(driver.rows().sorted() == JSONLines.rows(expected).sorted())
    }

    @Test func `lines that end with carriage returns can be gone on from`() throws {
        let folder = try FileFolder()
        try folder.write("a.csv", (1...6).map { "\($0),n\r" }.joined())
        let driver = FileTable(folder, "", ["format": "csv"]).driver(batchRows: 2)
        try driver.start(parallelism: 1)
        #expect(try driver.run(checkpointEvery: 1) { driver.rows().count >= 2 })
        try driver.checkpoint()
        driver.crash()
        try driver.start(parallelism: 1)
        #expect(try driver.run { driver.isFinished })
        #expect(driver.rows() == (1...6).map { "+I[\($0), n]" })
    }

    @Test func `a taken file that changes is reported once`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...3))
        let driver = FileTable(folder, "", ["source.monitor-interval": "1 ms"]).driver()
        try driver.start(parallelism: 1)
        #expect(try driver.run { driver.rows().count == 3 })
        try folder.write("a.json", JSONLines.text(1...5))
        #expect(try driver.run { !driver.reports.warnings.isEmpty })
        for _ in 0..<20 { try driver.step(waitingMicroseconds: 0) }
        #expect(driver.reports.warnings.count == 1)
        #expect(driver.reports.warnings.first?.contains("a.json of table") == true)
        #expect(driver.rows().count == 3)
    }

    @Test func `a record that cannot be decoded stops the job with its place`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text(1...3) + "{\"id\": oops}\n")
        let error = FileTable(folder, "", ["source.split-size": "30 b"]).error()
        #expect(error.contains("record at byte 72 of file \(folder.path)/a.json as 'json'"))
        #expect(error.contains("caused by: "))
        #expect(error.contains("'json.ignore-parse-errors' = 'true'"))
    }

    @Test func `skipped records are counted`() throws {
        let folder = try FileFolder()
        let text = JSONLines.text([1]) + "oops\n" + JSONLines.text([2]) + "{\"id\":\"x\"}\nend"
        try folder.write("a.json", text)
        let driver = FileTable(folder, "", ["error.mode": "skip"]).driver()
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        #expect(driver.rows() == JSONLines.rows(1...2))
        let warnings = driver.reports.warnings
        #expect(warnings.count == 2)
        #expect(warnings.first?.contains("Skipped the record at byte 24 of file") == true)
        #expect(warnings.last?.hasSuffix("3 records that cannot be decoded.") == true)
    }

    @Test func `ignored errors are counted`() throws {
        let folder = try FileFolder()
        try folder.write("a.json", JSONLines.text([1]) + "oops\n{\"id\":\"x\",\"name\":\"n\"}\n")
        let options = ["json.ignore-parse-errors": "true"]
        let driver = FileTable(folder, "", options).driver()
        try driver.start(parallelism: 1)
        while !driver.isFinished { try driver.step() }
        #expect(driver.rows() == JSONLines.rows([1]) + ["+I[null, n]"])
        let warning = driver.reports.warnings.first ?? ""
        #expect(warning.contains("1 records that cannot be decoded, 1 fields set to NULL"))
    }
}
