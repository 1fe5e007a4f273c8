import Columnar
import Connectors
import Core
import ObjectStore
import TestKit
import Testing

/// A folder of one test with files in it, removed at its end.
final class FileFolder: Sendable {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-files-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        do { try LocalFiles.removeAll(path) } catch { Issue.record(error) }
    }

    /// Writes a file, and makes its folder.
    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        try LocalFiles.makeFolders(LocalFiles.parent(of: file))
        try LocalFiles.remove(file)
        try LocalFiles.write(file, Array(text.utf8))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try LocalFiles.read("\(path)/\(name)"), as: UTF8.self)
    }

    func names(_ folder: String = "") throws -> [String] {
        try LocalFiles.names(in: folder.isEmpty ? path : "\(path)/\(folder)")
    }
}

/// A `filesystem` table over a folder of a test.
struct FileTable {
    let folder: FileFolder
    var columns = [TableColumn("id", .integer), TableColumn("name", .string)]
    var options: [String: String]
    var primaryKey: [Int] = []
    var paths: [[Int]]?

    init(_ folder: FileFolder, _ path: String = "", _ options: [String: String] = [:]) {
        self.folder = folder
        let defaults = [
            "connector": "filesystem", "path": "\(folder.path)/\(path)", "format": "json",
        ]
        self.options = defaults.merging(options) { $1 }
    }

    var definition: TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: columns,
            primaryKey: primaryKey,
            options: options
        )
    }

    var request: SourceRequest {
        SourceRequest(
            table: definition,
            projection: paths.map { ScanProjection(paths: $0) } ?? .all(of: definition)
        )
    }

    func driver(batchRows: Int = 64) -> SourceDriver {
        let driver = SourceDriver(FilesystemFactory(), [request])
        driver.batchRows = batchRows
        return driver
    }

    /// All rows of a bounded table, as `print` shows them.
    func rows(parallelism: Int = 1, batchRows: Int = 64) throws -> [String] {
        let driver = driver(batchRows: batchRows)
        try driver.start(parallelism: parallelism)
        while !driver.isFinished { try driver.step() }
        return driver.rows()
    }

    /// What the table or its reading is refused with.
    func error(parallelism: Int = 1) -> String {
        do {
            _ = try FilesystemFactory().source(definition)
            let rows = try rows(parallelism: parallelism)
            return "no error: \(rows)"
        } catch {
            return "\(error)"
        }
    }
}

/// Records as JSON lines: `{"id":1,"name":"row 1"}`.
enum JSONLines {
    static func text(_ ids: some Sequence<Int>) -> String {
        ids.map { #"{"id":\#($0),"name":"row \#($0)"}"# + "\n" }.joined()
    }

    static func rows(_ ids: some Sequence<Int>) -> [String] {
        ids.map { "+I[\($0), row \($0)]" }
    }
}
