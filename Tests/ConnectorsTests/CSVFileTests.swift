import Connectors
import TestKit
import Testing

/// CSV files read and written by the `filesystem` connector.
@Suite struct CSVFileTests {
    private static func table(
        _ folder: FileFolder,
        _ options: [String: String] = [:]
    ) -> FileTable {
        FileTable(folder, "in", ["format": "csv"].merging(options) { $1 })
    }

    private static let damaged = "1,a\nx,b\n2,\"c\n\"\n3\n4,\"d\"e\n5,f\n"

    @Test func `a record that cannot be decoded stops the job with its file and byte`() throws {
        let folder = try FileFolder()
        try folder.write("in/a.csv", "1,a\n2,b\n")
        try folder.write("in/b.csv", "1,\"é\nb\"\nx,b\n")
        let error = Self.table(folder).error()
        #expect(error.contains("record at byte 9 of file \(folder.path)/in/b.csv as 'csv'"))
        #expect(error.contains("'csv.ignore-parse-errors' = 'true'"))
        #expect(error.contains("caused by: Fail to deserialize at field: id. Expected INT"))
    }

    @Test(arguments: [1, 2, 64])
    func `errors can be ignored`(batchRows: Int) throws {
        let folder = try FileFolder()
        try folder.write("in/a.csv", Self.damaged)
        let table = Self.table(folder, ["csv.ignore-parse-errors": "true"])
        #expect(
            try table.rows(batchRows: batchRows) == [
                "+I[1, a]", "+I[null, b]", "+I[2, c\n]", "+I[3, null]", "+I[5, f]",
            ]
        )
    }

    @Test func `dead letters keep whole records, their place and the error`() throws {
        let folder = try FileFolder()
        try folder.write("in/a.csv", Self.damaged)
        let options = [
            "error.mode": "dead-letter", "error.dead-letter.path": "\(folder.path)/dead",
        ]
        #expect(
            try Self.table(folder, options).rows() == ["+I[1, a]", "+I[2, c\n]", "+I[5, f]"]
        )
        let names = try folder.names("dead")
        #expect(names.count == 1)
        let letters = try folder.text("dead/\(names[0])").split(separator: "\n")
        let expected = [
            (4, "x,b", "Fail to deserialize at field: id."),
            (15, "3", "Row length mismatch. 2 fields expected but was 1."),
            (17, #"4,\"d\"e"#, "Unexpected character (code 101)"),
        ]
        #expect(letters.count == expected.count)
        for (letter, (offset, text, error)) in zip(letters, expected) {
            #expect(letter.contains("\"offset\":\(offset),"), "\(letter)")
            #expect(letter.contains("\"text\":\"\(text)\""), "\(letter)")
            #expect(letter.contains(error), "\(letter)")
        }
    }

    @Test(arguments: [1, 3, 64])
    func `only files without quotes are read in parts`(splitBytes: Int) throws {
        let folder = try FileFolder()
        let numbers = 1...40
        try folder.write("in/a.csv", numbers.map { "\($0),\"row\n\($0)\"\n" }.joined())
        try folder.write("in/b.csv", numbers.map { "\($0),row \($0)\r\n" }.joined())
        let split = ["source.split-size": "\(splitBytes) b"]
        #expect(try Self.table(folder, split).rows(parallelism: 2).count == 80)
        try folder.write("in/a.csv", "")
        let plain = split.merging(["csv.disable-quote-character": "true"]) { $1 }
        #expect(
            try Self.table(folder, plain).rows(parallelism: 2).sorted()
                == numbers.map { "+I[\($0), row \($0)]" }.sorted()
        )
    }

    @Test(arguments: [
        (["csv.field-delimeter": ";"], "Did you mean 'csv.field-delimiter'?"),
        (["csv.escape-character": "ab"], "must be a string with single character, but was: ab"),
        (["csv.allow-comments": "yes"], "Unrecognized option for boolean: yes."),
        (["json.ignore-parse-errors": "true"], "json.ignore-parse-errors"),
        (["format": "csvv"], "Did you mean 'csv'?"),
    ])
    func `an option that cannot be used is named`(options: [String: String], text: String) throws {
        let error = Self.table(try FileFolder(), options).error()
        #expect(error.contains(text), "\(error)")
    }
}
