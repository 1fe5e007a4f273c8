import Foundation
import TestKit
import Testing

/// A script that changed since its checkpoint.
@Suite struct ChangedScriptTests {
    private static func script(_ insert: String) -> String {
        """
        SET 'execution.checkpointing.interval' = '50 ms';
        CREATE TABLE clicks (page STRING, visitor INT) WITH (
            'connector' = 'datagen', 'rows-per-second' = '1000', 'fields.page.length' = '1'
        );
        CREATE TABLE pages (name STRING, clicks BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO pages \(insert);
        """
    }

    /// Runs a script until it has taken a checkpoint, then stops it.
    private static func stopped(_ arguments: [String]) throws -> String {
        let run = try Jobctl.start(["run"] + arguments + ["--output", "json"])
        try run.waitForCheckpoints(1)
        run.send(SIGINT)
        #expect(try run.end() == 130)
        return run.text
    }

    @Test func `state without an operator is only dropped when that is asked for`() throws {
        let folder = try TestFolder()
        let state = ["--state-dir", "\(folder.path)/state"]
        try folder.write(
            "old.sql",
            Self.script("SELECT page, COUNT(*) FROM clicks GROUP BY page")
        )
        try folder.write(
            "new.sql",
            Self.script(
                "SELECT CAST(visitor AS STRING), COUNT(*) FROM clicks GROUP BY visitor"
            )
        )
        try folder.write(
            "filter.sql",
            Self.script(
                "SELECT page, c FROM (SELECT page, COUNT(*) AS c FROM clicks GROUP BY page) "
                    + "WHERE c > 3"
            )
        )
        _ = try Self.stopped(["\(folder.path)/old.sql"] + state)
        let restored = state + ["--restore", "latest"]

        let same = try Self.stopped(["\(folder.path)/filter.sql"] + restored)
        #expect(!same.contains("without state"))

        let refused = try Jobctl.run(["run", "\(folder.path)/new.sql"] + restored)
        #expect(refused.exit == 4)
        #expect(refused.text.contains("Cannot map checkpoint/savepoint state to the new program"))
        #expect(refused.text.contains("GroupAggregate(groupBy=[page]"))
        #expect(refused.text.contains("GroupAggregate(groupBy=[visitor]"))
        #expect(refused.text.contains("(uid aggregate-"))
        #expect(refused.text.contains("    groups: value [STRING] -> ["))
        #expect(refused.text.contains("    groups: value [INT] -> ["))
        #expect(refused.text.contains("--allow-non-restored-state"))
        #expect(refused.text.contains("--restore none"))

        let allowed = try Self.stopped(
            ["\(folder.path)/new.sql", "--allow-non-restored-state"] + restored
        )
        #expect(allowed.contains("is dropped, as --allow-non-restored-state says"))
        #expect(allowed.contains("start without state"))
        // What was dropped is gone: the next restore has nothing to drop any more.
        let next = try Self.stopped(["\(folder.path)/new.sql"] + restored)
        #expect(!next.contains("start without state"))
    }

    @Test func `an operator that is new over a source that goes on is named`() throws {
        let folder = try TestFolder()
        let state = ["--state-dir", "\(folder.path)/state"]
        let old = Self.script("SELECT page, 1 FROM clicks")
        try folder.write("old.sql", old)
        try folder.write(
            "new.sql",
            old + "INSERT INTO pages SELECT page, COUNT(*) FROM clicks GROUP BY page;"
        )
        _ = try Self.stopped(["\(folder.path)/old.sql"] + state)
        let text = try Self.stopped(
            ["\(folder.path)/new.sql", "--restore", "latest"] + state
        )
        #expect(text.contains("These operators start without state"))
        #expect(text.contains("GroupAggregate(groupBy=[page]"))
    }

    @Test func `the place of a source that was removed is not dropped silently`() throws {
        let folder = try TestFolder()
        let state = ["--state-dir", "\(folder.path)/state"]
        let one = Self.script("SELECT page, 1 FROM clicks")
        try folder.write(
            "two.sql",
            one + """
                CREATE TABLE visits (name STRING) WITH (
                    'connector' = 'datagen', 'rows-per-second' = '10'
                );
                INSERT INTO pages SELECT name, 1 FROM visits;
                """
        )
        try folder.write("one.sql", one)
        _ = try Self.stopped(["\(folder.path)/two.sql"] + state)
        let refused = try Jobctl.run(
            ["run", "\(folder.path)/one.sql", "--restore", "latest"] + state
        )
        #expect(refused.exit == 4)
        #expect(refused.text.contains("source of visits (uid source-"))
        #expect(!refused.text.contains("source of clicks"))
    }

    @Test func `the flag needs something to restore`() throws {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script("SELECT page, 1 FROM clicks"))
        let result = try Jobctl.run(
            ["run", "\(folder.path)/job.sql", "--allow-non-restored-state"]
        )
        #expect(result.exit == 2)
        #expect(result.text.contains("--allow-non-restored-state needs a --restore"))
    }
}
