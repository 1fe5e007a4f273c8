import Columnar
import Connectors
import Core
import ObjectStore
import TestKit
import Testing

/// Part files become visible with their checkpoint, exactly once.
@Suite struct FileSinkTests {
    /// Gives each writer the claim of a later attempt, unless it is told one.
    private final class Claims {
        var last: UInt64 = 0
    }

    private struct Sink {
        let folder = try? FileFolder()
        var options: [String: String] = [:]
        let time = ManualTime()
        let reports = ReportLog()
        let claims = Claims()

        var path: String { "\(folder?.path ?? "")/out" }

        var table: TableDefinition {
            let defaults = ["connector": "filesystem", "path": path, "format": "json"]
            return TableDefinition(
                path: "default_catalog.default_database.s",
                columns: [TableColumn("id", .integer), TableColumn("name", .string)],
                options: defaults.merging(options) { $1 }
            )
        }

        func writer(
            _ subtask: Int = 0,
            of parallelism: Int = 1,
            job: String = "job1",
            uid: String = "sink-1",
            claim: UInt64? = nil
        ) throws -> any SinkWriter {
            claims.last = claim ?? claims.last + 1
            let context = SinkContext(
                subtask: subtask,
                parallelism: parallelism,
                jobID: JobID(text: job),
                uid: OperatorUID(uid),
                claim: claims.last,
                time: time,
                scratchPath: "/dev/null",
                report: { [reports] in reports.add($0) }
            )
            return try FilesystemFactory().makeWriter(table, context)
        }

        var names: [String] {
            get throws { try LocalFiles.names(in: path) }
        }

        var hidden: [String] {
            get throws { try names.filter { $0.hasPrefix(".") && !$0.contains(".committed.") } }
        }

        /// What a reader of the folder sees.
        var lines: [String] {
            get throws {
                try names.filter { !$0.hasPrefix(".") }.flatMap { name in
                    String(decoding: try LocalFiles.read("\(path)/\(name)"), as: UTF8.self)
                        .split(separator: "\n").map(String.init)
                }.sorted()
            }
        }
    }

    private static func batch(_ ids: some Sequence<Int>) throws -> RecordBatch {
        let ids = Array(ids)
        return RecordBatch(
            [
                .fromScalars(ids.map { .int(Int64($0)) }, .integer),
                .fromScalars(ids.map { .text("row \($0)") }, .string),
            ],
            count: ids.count
        )
    }

    private static func lines(_ ids: some Sequence<Int>) -> [String] {
        ids.map { #"{"id":\#($0),"name":"row \#($0)"}"# }.sorted()
    }

    @Test func `rows become visible with their checkpoint`() throws {
        let sink = Sink()
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        try writer.flush()
        try writer.write(try Self.batch(4...5))
        #expect(try sink.lines.isEmpty)
        let first = try writer.prepareCommit(1)
        try writer.write(try Self.batch(6...7))
        #expect(try sink.lines.isEmpty)
        try writer.commit(1, first)
        #expect(try sink.lines == Self.lines(1...5))
        let second = try writer.prepareCommit(2)
        #expect(try writer.prepareCommit(3).isEmpty)
        try writer.commit(2, second)
        try writer.commit(3, [])
        #expect(try sink.lines == Self.lines(1...7))
        writer.close()
        #expect(try sink.hidden.isEmpty)
        #expect(try sink.names.filter { $0.contains(".committed.") }.count == 1)
    }

    @Test func `a folder that was written is read back without its hidden files`() throws {
        let sink = Sink()
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        try writer.commit(1, try writer.prepareCommit(1))
        try writer.write(try Self.batch(4...5))
        _ = try writer.prepareCommit(2)
        try writer.write(try Self.batch(6...7))
        let folder = try #require(sink.folder)
        #expect(try FileTable(folder, "out").rows() == JSONLines.rows(1...3))
    }

    @Test func `rows are written as CSV and read back`() throws {
        let sink = Sink(options: ["format": "csv", "csv.null-literal": "n/a"])
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...2))
        let names: [ScalarValue] = [.null, .text("two\nlines, \"quoted\""), .text("")]
        try writer.write(
            RecordBatch(
                [
                    .fromScalars([.int(3), .int(4), .null], .integer),
                    .fromScalars(names, .string),
                ],
                count: 3
            )
        )
        try writer.commit(1, try writer.prepareCommit(1))
        writer.close()
        #expect(
            try sink.lines == [
                "1,\"row 1\"", "2,\"row 2\"", "3,n/a", "4,\"two", "lines, \"\"quoted\"\"\"", "n/a,",
            ]
        )
        let table = FileTable(try #require(sink.folder), "out", sink.options)
        #expect(
            try table.rows() == [
                "+I[1, row 1]", "+I[2, row 2]", "+I[3, null]",
                "+I[4, two\nlines, \"quoted\"]", "+I[null, ]",
            ]
        )
    }

    @Test func `a crash between the checkpoint and its commit loses nothing`() throws {
        let sink = Sink()
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        let held = try writer.prepareCommit(1)
        try writer.write(try Self.batch(4...5))
        let afterwards = try writer.prepareCommit(2)
        #expect(afterwards.count == 1)
        try writer.write(try Self.batch(6...7))
        // The process ends without `close`; checkpoint 1 is complete, 2 is not.
        for _ in 0..<2 {
            let next = try sink.writer()
            try next.recover(1, held)
            #expect(try sink.lines == Self.lines(1...3))
            #expect(try sink.hidden.isEmpty)
            try next.write(try Self.batch(4...5))
        }
    }

    @Test func `a commit may be repeated`() throws {
        let sink = Sink()
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        let held = try writer.prepareCommit(1)
        try writer.commit(1, held)
        try writer.commit(1, held)
        let next = try sink.writer()
        try next.recover(1, held)
        #expect(try sink.lines == Self.lines(1...3))
    }

    @Test func `a visible file that was taken away is no lost file`() throws {
        let sink = Sink()
        var writer = try sink.writer()
        try writer.recover(nil, [])
        for epoch: CheckpointID in 1...3 {
            try writer.write(try Self.batch([Int(epoch)]))
            let held = try writer.prepareCommit(epoch)
            if epoch < 3 { try writer.commit(epoch, held) }
            for name in try sink.names where !name.hasPrefix(".") {
                try LocalFiles.remove("\(sink.path)/\(name)")
            }
            writer = try sink.writer()
            try writer.recover(epoch, held)
        }
        #expect(try sink.lines == Self.lines([3]))
    }

    @Test func `a pending file that is gone or cut off is an error`() throws {
        let sink = Sink()
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        let held = try writer.prepareCommit(1)
        let name = try #require(try sink.hidden.first)
        try LocalFiles.truncate("\(sink.path)/\(name)", to: 10)
        let damaged = #expect(throws: ConnectorError.self) { try sink.writer().recover(1, held) }
        #expect(damaged?.message.contains("with 72 bytes, but it has 10") == true)
        try LocalFiles.remove("\(sink.path)/\(name)")
        let lost = #expect(throws: ConnectorError.self) { try sink.writer().recover(1, held) }
        #expect(lost?.message.contains("\(name), but neither it nor") == true)
        #expect(throws: ConnectorError.self) { try writer.commit(1, held) }
    }

    @Test func `subtask 0 commits for all, and nobody removes what others need`() throws {
        let sink = Sink()
        var held: [Committable] = []
        for subtask in 0..<4 {
            let writer = try sink.writer(subtask, of: 4)
            try writer.recover(nil, [])
            try writer.write(try Self.batch([subtask]))
            held += try writer.prepareCommit(1)
            try writer.write(try Self.batch([100 + subtask]))
            _ = try writer.prepareCommit(2)
            try writer.write(try Self.batch([200 + subtask]))
        }
        #expect(try sink.hidden.count == 12)
        // Subtask 1 is up first, and is writing when subtask 0 comes.
        let first = try sink.writer(1, of: 2)
        try first.recover(1, [])
        try first.write(try Self.batch([301]))
        let leader = try sink.writer(0, of: 2)
        try leader.recover(1, held)
        try leader.write(try Self.batch([300]))
        #expect(try sink.lines == Self.lines(0...3))
        #expect(try sink.hidden.count == 2)
        for writer in [leader, first] { try writer.commit(2, try writer.prepareCommit(2)) }
        #expect(try sink.lines == Self.lines([0, 1, 2, 3, 300, 301]))
        #expect(try sink.hidden.isEmpty)
    }

    @Test func `an attempt that was halted in its recovery harms nothing of the next`() throws {
        let sink = Sink()
        let first = try sink.writer(claim: 1)
        try first.recover(nil, [])
        try first.write(try Self.batch(1...2))
        let held = try first.prepareCommit(1)
        // Attempt 2 is halted before it recovers; 3 takes over, and goes on.
        let halted = try sink.writer(claim: 2)
        let next = try sink.writer(claim: 3)
        try next.recover(1, held)
        try next.write(try Self.batch(3...4))
        let prepared = try next.prepareCommit(2)
        try next.write(try Self.batch(5...6))
        try halted.recover(1, held)
        try halted.write(try Self.batch(3...4))
        _ = try halted.prepareCommit(2)
        try next.commit(2, prepared)
        // A reader takes the files away: the marker has to outlive the halted attempt as well.
        for name in try sink.names where !name.hasPrefix(".") {
            try LocalFiles.remove("\(sink.path)/\(name)")
        }
        try sink.writer(claim: 2).recover(1, held)
        halted.close()
        try sink.writer(claim: 4).recover(2, prepared)
        #expect(try sink.lines == [])
        // Now it is the successor's turn to be over.
        #expect(throws: ConnectorError.self) { try next.prepareCommit(3) }
    }

    @Test func `other sinks and jobs in the same folder are left alone`() throws {
        let sink = Sink()
        let others = [try sink.writer(job: "job2"), try sink.writer(uid: "sink-2")]
        var held: [[Committable]] = []
        for (index, other) in others.enumerated() {
            try other.recover(nil, [])
            try other.write(try Self.batch([index]))
            held.append(try other.prepareCommit(1))
            try other.write(try Self.batch([10 + index]))
        }
        try sink.folder?.write("out/.mine", "x")
        try sink.folder?.write("out/.part-1-2.inprogress", "x")
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch([5]))
        try writer.commit(1, try writer.prepareCommit(1))
        for (other, held) in zip(others, held) {
            try other.commit(1, held)
            try other.commit(2, try other.prepareCommit(2))
        }
        #expect(try sink.lines == Self.lines([0, 1, 5, 10, 11]))
        #expect(try sink.hidden == [".mine", ".part-1-2.inprogress"])
    }

    @Test func `a file that is large or old is closed`() throws {
        var sink = Sink()
        sink.options = [
            "sink.rolling-policy.file-size": "100 b",
            "sink.rolling-policy.rollover-interval": "1 min",
        ]
        let writer = try sink.writer()
        try writer.recover(nil, [])
        try writer.write(try Self.batch(1...3))
        try writer.write(try Self.batch(4...6))
        try writer.write(try Self.batch([7]))
        sink.time.advance(byMicroseconds: 60_000_000)
        try writer.write(try Self.batch([8]))
        let held = try writer.prepareCommit(1)
        #expect(held.count == 3)
        try writer.commit(1, held)
        #expect(try sink.lines == Self.lines(1...8))
        let visible = try sink.names.filter { !$0.hasPrefix(".") }
        #expect(visible.count == 3)
        #expect(visible.allSatisfy { $0.hasPrefix("part-") })
    }

    @Test func `a writer that is closed leaves no unfinished file`() throws {
        var sink = Sink()
        sink.options = ["sink.rolling-policy.file-size": "10 b"]
        let writer = try sink.writer()
        try writer.recover(nil, [])
        for id in 1...3 { try writer.write(try Self.batch([id])) }
        _ = try writer.prepareCommit(1)
        for id in 4...6 { try writer.write(try Self.batch([id])) }
        writer.close()
        #expect(try sink.hidden.count == 3)
        #expect(try sink.hidden.allSatisfy { $0.hasSuffix(".pending.1") })
    }

    @Test func `a changelog is written as Debezium events`() throws {
        var sink = Sink()
        sink.options = ["format": "debezium-json"]
        let kinds = try FilesystemFactory().sink(sink.table)
        #expect(kinds.requirements(for: .retract).changelogMode == .retract)
        #expect(
            try FilesystemFactory().sink(Sink().table).requirements(for: .retract).changelogMode
                == .append
        )
        let writer = try sink.writer()
        try writer.recover(nil, [])
        let rows = try Self.batch(1...2)
        try writer.write(rows)
        try writer.write(rows.withKinds(.mixed(FixedValues([1, 2]))))
        try writer.commit(1, try writer.prepareCommit(1))
        let folder = try #require(sink.folder)
        let table = FileTable(folder, "out", ["format": "debezium-json"])
        let expected = ["+I[1, row 1]", "+I[2, row 2]", "-D[1, row 1]", "+I[2, row 2]"]
        #expect(try table.rows() == expected)
    }

    @Test(arguments: [
        (["path": "/tmp/apus*"], "is a pattern"),
        (["sink.rolling-policy.file-size": "big"], "Expected a memory size"),
        (["sink.rolling-policy.filesize": "1 mb"], "'sink.rolling-policy.file-size'?"),
        (["sink.parallelism": "0"], "Expected a whole number from 1"),
    ])
    func `bad options are refused`(options: [String: String], text: String) throws {
        var sink = Sink()
        sink.options = options
        let error = #expect(throws: ConnectorError.self) {
            _ = try FilesystemFactory().sink(sink.table)
        }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    @Test func `a path that is a file is refused`() throws {
        let sink = Sink()
        try sink.folder?.write("out", "x")
        let error = #expect(throws: ConnectorError.self) { _ = try sink.writer() }
        #expect(error?.message.contains("cannot be written to \(sink.path)") == true)
    }
}
