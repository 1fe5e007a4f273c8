import Columnar
import Connectors
import Core
import ObjectStore
import TestKit
import Testing

/// Which files a path stands for.
@Suite struct FileDiscoveryTests {
    private func folder() throws -> FileFolder {
        let folder = try FileFolder()
        let names = [
            "a1.json", "a2.json", "b1.json", "_hidden.json", ".hidden.json", "deep/c1.json",
            "deep/er/c2.json", "deep/_er/c3.json", ".git/c4.json", "other.txt",
        ]
        for (index, name) in names.enumerated() {
            try folder.write(name, JSONLines.text([index]))
        }
        return folder
    }

    /// The files by what is in them: their position in the list above.
    @Test(arguments: [
        ("", [0, 1, 2, 5, 6, 9]),
        ("a1.json", [0]),
        ("_hidden.json", [3]),
        ("a*.json", [0, 1]),
        ("?1.json", [0, 2]),
        ("[!a]1.json", [2]),
        ("[a-b][12].json", [0, 1, 2]),
        ("*", [0, 1, 2, 5, 6, 9]),
        ("*.json", [0, 1, 2]),
        ("_*.json", [3]),
        ("**", [0, 1, 2, 5, 6, 9]),
        ("**/*.json", [0, 1, 2, 5, 6]),
        ("deep/**/c*.json", [5, 6]),
        ("*/c1.json", [5]),
        ("deep", [5, 6]),
        ("deep/", [5, 6]),
        ("./deep//er/", [6]),
        ("nothing*", []),
    ])
    func `a path stands for files`(path: String, ids: [Int]) throws {
        let folder = try folder()
        #expect(try FileTable(folder, path).rows().sorted() == JSONLines.rows(ids).sorted())
    }

    @Test func `files are read in the order of their paths`() throws {
        let folder = try FileFolder()
        let names = ["b", "a/z", "c", "a/b", "B"]
        for (id, name) in names.enumerated() {
            try folder.write("\(name).json", JSONLines.text([id]))
        }
        #expect(try FileTable(folder).rows() == JSONLines.rows([4, 3, 1, 0, 2]))
    }

    @Test func `a name with brackets is a name before it is a pattern`() throws {
        let folder = try FileFolder()
        try folder.write("a[1].json", JSONLines.text([1]))
        try folder.write("a1.json", JSONLines.text([2]))
        #expect(try FileTable(folder, "a[1].json").rows() == JSONLines.rows([1]))
    }

    @Test(arguments: ["file://", "file:", "file://localhost"])
    func `a URL is a path`(scheme: String) throws {
        let folder = try folder()
        var table = FileTable(folder)
        table.options["path"] = "\(scheme)\(folder.path)/a1.json"
        #expect(try table.rows() == JSONLines.rows([0]))
    }

    @Test func `a regular expression leaves files out by their whole path`() throws {
        let folder = try folder()
        let pattern = ["source.path.regex-pattern": #".*/(a\d|c2)\.json"#]
        #expect(try FileTable(folder, "", pattern).rows() == JSONLines.rows([0, 1, 6]))
        let part = ["source.path.regex-pattern": #"a\d\.json"#]
        #expect(try FileTable(folder, "", part).rows().isEmpty)
    }

    @Test func `a path that leads nowhere is refused when the job starts`() throws {
        let folder = try FileFolder()
        let table = FileTable(folder, "none.json")
        _ = try FilesystemFactory().source(table.definition)
        let error = table.error()
        #expect(
            error.hasPrefix("File \(folder.path)/none.json does not exist or the user running ")
        )
        #expect(error.contains("has insufficient permissions to access it"))
    }

    @Test func `compressed files are refused by name`() throws {
        let folder = try FileFolder()
        try folder.write("a.json.gz", "x")
        #expect(FileTable(folder).error().contains("a.json.gz looks compressed"))
    }

    @Test(arguments: [
        (["path": "s3://bucket/x"], "Could not find a file system implementation for scheme 's3'"),
        (["path": ""], "The path is empty"),
        (["path": "file://host/x"], "The URL names the host 'host'"),
        (["source.monitor-interval": "0"], "The interval must be above zero"),
        (["source.monitor-interval": "soon"], "Expected a duration such as '10 s'"),
        (["source.split-size": "big"], "Expected a memory size"),
        (["source.path.regex-pattern": "a("], "It is no regular expression"),
        (["source.file-order": "random"], "Expected one of: [sequential, parallel, auto]"),
        (["error.mode": "skp"], "Did you mean 'skip'?"),
        (["source.monitor-intervall": "1 s"], "Did you mean 'source.monitor-interval'?"),
        (["json.ignore-parse-error": "true"], "Did you mean 'json.ignore-parse-errors'?"),
        (["json.ignore-parse-errors": "perhaps"], "Unrecognized option for boolean: perhaps."),
        (
            ["format": "yaml"],
            "Could not find any format factory for identifier 'yaml' in the classpath."
        ),
        (["format": "jsn"], "Did you mean 'json'?"),
    ])
    func `an option that cannot be used is named`(options: [String: String], text: String) throws {
        let folder = try FileFolder()
        let error = FileTable(folder, "", options).error()
        #expect(error.contains(text), "\(error)")
    }

    @Test(arguments: ["path", "format"])
    func `an option that is missing is named`(key: String) throws {
        var table = FileTable(try FileFolder())
        table.options[key] = nil
        #expect(table.error().hasPrefix("One or more required options are missing."))
        #expect(table.error().contains("'\(key)'"))
    }
}
