import SQLSyntax
import Testing

/// Statements and the parts of their trees.
@Suite struct StatementTests {
    @Test func `a table has columns, constraints, a watermark and options`() throws {
        let sql = """
            CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (
              id BIGINT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'the key',
              name STRING,
              full_name AS CONCAT(name, 'x') COMMENT 'made',
              ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
              op STRING METADATA,
              CONSTRAINT pk PRIMARY KEY (id, name) ENFORCED,
              UNIQUE (name),
              WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
            ) COMMENT 'all' PARTITIONED BY (name) WITH ('connector' = 'print', 'a.b' = 'it''s')
            LIKE base (INCLUDING ALL EXCLUDING OPTIONS OVERWRITING WATERMARKS)
            """
        guard case .createTable(let table) = try SQLParser.statement(sql) else { throw Missing() }
        #expect(table.name.dotted == "c.d.t")
        #expect(table.isTemporary && table.ifNotExists)
        #expect(table.columns.map(\.name.name) == ["id", "name", "full_name", "ts", "op"])
        guard case .physical(let type, let constraint?) = table.columns[0].kind else {
            throw Missing()
        }
        #expect(type.kind == .scalar(.bigint, precision: nil, scale: nil))
        #expect(type.isNullable == false)
        #expect(constraint.kind == .primaryKey && constraint.isEnforced == false)
        #expect(constraint.columns.map(\.name) == ["id"])
        #expect(table.columns[0].comment?.text == "the key")
        guard case .computed(.call(let call)) = table.columns[2].kind,
            case .metadata(let time, let key?, let isVirtual) = table.columns[3].kind,
            case .metadata(_, nil, false) = table.columns[4].kind
        else { throw Missing() }
        #expect(call.name.simple == "CONCAT")
        #expect(time.kind == .scalar(.timestampLTZ, precision: 3, scale: nil))
        #expect(key.text == "timestamp" && isVirtual)
        #expect(table.constraints.map(\.name?.name) == ["pk", nil])
        #expect(table.constraints.map(\.isEnforced) == [true, nil])
        #expect(table.watermark?.column.dotted == "ts")
        #expect(table.partitionedBy.map(\.name) == ["name"])
        #expect(table.options.map(\.key.text) == ["connector", "a.b"])
        #expect(table.options.map(\.value.text) == ["print", "it's"])
        #expect(table.like?.options.map(\.strategy) == [.including, .excluding, .overwriting])
        #expect(table.like?.options.map(\.feature) == [.all, .options, .watermarks])
    }

    @Test func `an insert names its columns, partition, hints and strategy`() throws {
        let sql = """
            INSERT INTO t /*+ OPTIONS('a' = 'b') */ PARTITION (p = 'x', q = -1) (a, b.c)
            SELECT * FROM x JOIN y ON CONFLICT DO DEDUPLICATE
            """
        guard case .insert(let insert) = try SQLParser.statement(sql) else { throw Missing() }
        #expect(insert.hints.map(\.name.name) == ["OPTIONS"])
        #expect(insert.partition.map(\.column.name) == ["p", "q"])
        #expect(insert.columns?.map(\.dotted) == ["a", "b.c"])
        #expect(insert.onConflict == .deduplicate)
        guard case .select(let select) = insert.query.body, case .join(let join)? = select.from
        else { throw Missing() }
        #expect(join.condition == .none)
    }

    @Test func `both forms of a statement set are one statement`() throws {
        let new =
            "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN b THEN c END; "
            + "INSERT INTO d SELECT 1; END"
        let old =
            "BEGIN STATEMENT SET; INSERT INTO a SELECT CASE WHEN b THEN c END; "
            + "INSERT INTO d SELECT 1; END"
        let script = try SQLScript(parsing: ScriptText("SET 'a' = 'b';\n\(new);\n\(old);SET;"))
        #expect(script.statements.count == 4)
        #expect(script.statements[1].statement == script.statements[2].statement)
        guard case .statementSet(let set) = script.statements[1].statement else { throw Missing() }
        #expect(set.inserts.map(\.table.dotted) == ["a", "d"])
        #expect(script.statements[2].text.description == old)
    }

    @Test(arguments: [
        "SET", "SET 'a' = 'b'", "RESET", "RESET 'a'", "USE CATALOG c", "USE d.e", "SHOW TABLES",
        "SHOW VIEWS", "SHOW CREATE TABLE t", "SHOW CREATE VIEW a.v", "DESCRIBE t",
        "DESCRIBE EXTENDED t", "DROP TABLE t", "DROP TEMPORARY VIEW IF EXISTS a.v",
        "CREATE OR REPLACE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'c' AS SELECT 1, 2",
        "INSERT OVERWRITE t VALUES (1, 'a'), (2, NULL)", "INSERT INTO t TABLE s",
        "INSERT INTO t (SELECT 1 LIMIT 1) UNION ALL SELECT 2 ON CONFLICT DO NOTHING",
        "EXPLAIN SELECT 1", "EXPLAIN CHANGELOG_MODE, ESTIMATED_COST INSERT INTO t SELECT 1",
        "EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END",
        "UPDATE t AS x SET a = 1, b = x.c WHERE d", "DELETE FROM t WHERE a = 1", "CREATE TABLE t",
        "CREATE TABLE t LIKE s", "CREATE TABLE t (PRIMARY KEY (a) NOT ENFORCED) WITH ('a' = 'b')",
    ])
    func `a statement survives printing`(sql: String) throws {
        let statement = try SQLParser.statement(sql)
        #expect(try SQLParser.statement(statement.sql) == statement, "\(statement.sql)")
    }

    @Test func `what is noise reads as nothing`() throws {
        func read(_ sql: String) throws -> Statement { try SQLParser.statement(sql) }
        #expect(try read("EXECUTE INSERT INTO t SELECT 1") == read("INSERT INTO t SELECT 1;"))
        #expect(try read("EXPLAIN PLAN FOR SELECT 1") == read("EXPLAIN SELECT 1"))
        #expect(try read("desc t") == read("DESCRIBE t"))
        #expect(try read("EXECUTE SELECT 1") == read("SELECT 1"))
    }

    @Test func `a script is cut at semicolons, but not inside strings, names and comments`() throws
    {
        let script = ScriptText(
            """
            \u{FEFF}-- first; line
            SET 'a;b' = 'c'; /* ; */ ;;
            SELECT `x;y` -- ; here
            FROM t /*+ OPTIONS('k;' = 'v') */;
            EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;
            SELECT 'it''s; fine'
            """
        )
        let texts = try SQLScript.split(script)
        #expect(
            texts.map(\.description) == [
                "SET 'a;b' = 'c'",
                "SELECT `x;y` -- ; here\nFROM t /*+ OPTIONS('k;' = 'v') */",
                "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END",
                "SELECT 'it''s; fine'",
            ]
        )
        for text in texts {
            let parsed = try SQLParser.statement(text)
            #expect(parsed.text.offsets == text.offsets)
        }
        let whole = try SQLScript(parsing: script)
        #expect(whole.statements.map(\.text.description) == texts.map(\.description))
    }

    @Test func `a script with nothing in it has no statements`() throws {
        for text in ["", " \n\t", ";;", "-- nothing", "/* nothing */"] {
            #expect(try SQLScript(parsing: ScriptText(text)).statements.isEmpty)
        }
    }
}
