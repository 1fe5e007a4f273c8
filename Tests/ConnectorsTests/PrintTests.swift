import Columnar
import Connectors
import Core
import TestKit
import Testing

@Suite struct PrintTests {
    private func table(_ options: [String: String]) -> TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: [TableColumn("id", .integer), TableColumn("name", .string)],
            options: ["connector": "print"].merging(options) { $1 }
        )
    }

    /// What a writer prints, in this process's place, of two batches.
    private func printed(
        _ options: [String: String],
        subtask: Int = 0,
        parallelism: Int = 1
    ) throws -> [String] {
        let lines = CollectedLines()
        let writer = try PrintFactory(output: lines).makeWriter(
            table(options),
            SinkContext.test(subtask: subtask, parallelism: parallelism)
        )
        try writer.recover(nil, [])
        try writer.write(RecordBatch("+I 1 abc\n-U 1 abc\n+U 1 .", [.integer, .string]))
        #expect(lines.texts.isEmpty)
        try writer.flush()
        try writer.write(RecordBatch("-D 1 .", [.integer, .string]))
        #expect(try writer.prepareCommit(1).isEmpty)
        #expect(lines.texts.count == 2)
        writer.close()
        return lines.texts.joined().split(separator: "\n").map(String.init)
    }

    @Test func `every change is a line`() throws {
        #expect(
            try printed([:]) == ["+I[1, abc]", "-U[1, abc]", "+U[1, null]", "-D[1, null]"]
        )
    }

    @Test(arguments: [
        (["print-identifier": "out"], 1, "out> +I[1, abc]"),
        (["print-identifier": "out"], 3, "out:2> +I[1, abc]"),
        ([:], 3, "2> +I[1, abc]"),
    ])
    func `lines name the sink and the subtask`(
        _ options: [String: String],
        _ parallelism: Int,
        _ line: String
    ) throws {
        let subtask = min(1, parallelism - 1)
        let lines = try printed(options, subtask: subtask, parallelism: parallelism)
        #expect(lines.first == line)
    }

    @Test func `a closed output stops the job`() throws {
        let lines = CollectedLines()
        lines.isClosed = true
        let writer = try PrintFactory(output: lines).makeWriter(table([:]), SinkContext.test())
        try writer.write(RecordBatch("+I 1 abc", [.integer, .string]))
        #expect(throws: ConnectorError.self) { try writer.flush() }
    }

    @Test func `long batches are written in pieces`() throws {
        let lines = CollectedLines()
        let writer = try PrintFactory(output: lines).makeWriter(table([:]), SinkContext.test())
        let row = "+I 1 \(String(repeating: "x", count: 1000))\n"
        try writer.write(
            RecordBatch(String(repeating: row, count: 200), [.integer, .string])
        )
        try writer.flush()
        #expect(lines.texts.count > 1)
        #expect(lines.texts.allSatisfy { $0.hasSuffix("]\n") && $0.hasPrefix("+I[") })
        #expect(lines.texts.joined().split(separator: "\n").count == 200)
    }

    @Test func `it takes what the query gives with old images`() throws {
        let sink = try PrintFactory().sink(table([:]))
        #expect(sink.requirements(for: .append).changelogMode == .append)
        #expect(sink.requirements(for: .retract).changelogMode == .retract)
        #expect(sink.requirements(for: .upsert).changelogMode == .retract)
        #expect(sink.requirements(for: .append).guarantee.hasPrefix("at least once"))
        #expect(!sink.requirements(for: .upsert).takesKeyOnlyDeletes)
    }

    @Test func `wrong options are refused`() {
        #expect(throws: ConnectorError.self) {
            try PrintFactory().sink(table(["standard-error": "perhaps"]))
        }
        #expect(throws: ConnectorError.self) {
            try PrintFactory().sink(table(["sink.parallelism": "0"]))
        }
        #expect(throws: Never.self) {
            try PrintFactory().sink(
                table(["standard-error": "TRUE", "sink.parallelism": "2", "print-identifier": "a"])
            )
        }
    }

    @Test func `blackhole takes everything but old images`() throws {
        let table = TableDefinition(path: "t", columns: [], options: ["connector": "blackhole"])
        let sink = try BlackholeFactory().sink(table)
        #expect(sink.requirements(for: .retract).changelogMode == .upsert)
        #expect(sink.requirements(for: .append).changelogMode == .append)
        let writer = try BlackholeFactory().makeWriter(table, SinkContext.test())
        try writer.recover(nil, [])
        try writer.write(RecordBatch("+I 1\n-D 1", [.integer]))
        try writer.flush()
        #expect(try writer.prepareCommit(1).isEmpty)
        try writer.commit(1, [])
        writer.close()
    }
}
