import SQLSyntax
import Testing

/// Queries and tables.
@Suite struct QueryTests {
    @Test(arguments: [
        "SELECT DISTINCT a, t.*, b AS c FROM t",
        "WITH a (x) AS (SELECT 1), b AS (WITH c AS (SELECT 2) SELECT * FROM c) SELECT * FROM a, b",
        "SELECT /*+ STATE_TTL('a' = '1d', 'b' = '2h'), BROADCAST(x, y), Z(1, 'q'), W */ * FROM a",
        "SELECT * FROM c.d.t /*+ OPTIONS('k' = 'v') */ FOR SYSTEM_TIME AS OF o.ts AS x",
        "SELECT * FROM a CROSS JOIN b LEFT JOIN c ON a.x = c.x NATURAL INNER JOIN d",
        "SELECT * FROM a FULL JOIN (b INNER JOIN c USING (x, y)) ON TRUE",
        "SELECT * FROM a, LATERAL TABLE(f(a.x)) AS t (b, c)",
        "SELECT * FROM a LEFT JOIN LATERAL (SELECT 1) AS t ON TRUE",
        "SELECT * FROM a CROSS JOIN UNNEST(a.b) WITH ORDINALITY AS t (x, o)",
        "SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)",
        "SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY (a, b), DESCRIPTOR(ts), GAP => x))",
        "SELECT * FROM HOP(DATA => (SELECT * FROM t) PARTITION BY a ORDER BY b DESC, SIZE => x)",
        "SELECT * FROM FROM_CHANGELOG(input => TABLE log, m => MAP['c', 'INSERT'])",
        "SELECT * FROM (VALUES (1, 'a'), ROW(2, 'b'), 3) AS t (a, b)",
        "SELECT a FROM t WHERE b GROUP BY a, (), ROLLUP(a, b), CUBE((a, b), c) HAVING COUNT(*) > 1",
        "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, (), GROUPING SETS (c))",
        "SELECT a FROM t GROUP BY DISTINCT a, 1",
        "SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b), v AS (w ORDER BY c)",
        "SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1",
        "SELECT a FROM t ORDER BY a DESC NULLS LAST, 2 NULLS FIRST LIMIT 10 OFFSET 5",
        "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION SELECT 4",
        "SELECT 1 UNION SELECT 2 INTERSECT ALL SELECT 3 EXCEPT SELECT 4",
        "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3",
        "SELECT 1 EXCEPT (SELECT 2 EXCEPT SELECT 3)",
        "(SELECT 1 UNION SELECT 2) UNION SELECT 3",
        "(SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT 2 LIMIT 1) ORDER BY 1",
        "((SELECT 1) UNION (SELECT 2)) ORDER BY 1",
        "VALUES ROW(ROW(1, 2)), ((1, 2))", "TABLE t", "WITH a AS (SELECT 1) TABLE a LIMIT 1",
        "SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS t", "SELECT * FROM (a) AS b, (c JOIN d)",
        "SELECT * FROM t AS x (a, b)",
        "SELECT a.after.b, c.`before`.`value` FROM a, c",
    ])
    func `a query survives printing`(sql: String) throws {
        let query = try SQLParser.query(sql)
        #expect(try SQLParser.query(query.sql) == query, "\(query.sql)")
    }

    @Test(arguments: [
        ("SELECT a b FROM t c", "SELECT a AS b FROM t AS c"),
        ("SELECT ALL a FROM t", "SELECT a FROM t"),
        ("SELECT a FROM t LIMIT ALL", "SELECT a FROM t"),
        (
            "SELECT a FROM t OFFSET 2 ROWS FETCH FIRST 3 ROWS ONLY",
            "SELECT a FROM t LIMIT 3 OFFSET 2"
        ),
        ("SELECT a FROM t FETCH NEXT 3 ROW ONLY", "SELECT a FROM t LIMIT 3"),
        ("SELECT a FROM x JOIN y ON z", "SELECT a FROM x INNER JOIN y ON z"),
        ("SELECT a FROM x RIGHT OUTER JOIN y ON z", "SELECT a FROM x RIGHT JOIN y ON z"),
        ("SELECT 1 UNION DISTINCT SELECT 2", "SELECT 1 UNION SELECT 2"),
        ("(SELECT 1) UNION (SELECT 2)", "SELECT 1 UNION SELECT 2"),
        ("SELECT * FROM (a JOIN b)", "SELECT * FROM a JOIN b"),
        ("SELECT * FROM TABLE(f(1))", "SELECT * FROM f(1)"),
        ("SELECT a FROM t ORDER BY a ASC", "SELECT a FROM t ORDER BY a"),
        (
            "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
            "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)"
        ),
    ])
    func `two ways to write a query are one tree`(left: String, right: String) throws {
        #expect(try SQLParser.query(left) == SQLParser.query(right))
    }

    @Test func `a union of many is one node with the places of its operators`() throws {
        let query = try SQLParser.query("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
        guard case .setOperation(let union) = query.body else { throw Missing() }
        #expect(union.kind == .union && union.isAll)
        #expect(union.inputs.count == 3)
        #expect(
            union.operatorRanges.map(\.description) == [
                "from line 1, column 10 to line 1, column 18",
                "from line 1, column 29 to line 1, column 37",
            ]
        )
    }

    @Test func `a query given to a table function is a table`() throws {
        let query = try SQLParser.query("SELECT * FROM f((SELECT 1), x => (SELECT 2), y => 3)")
        guard case .select(let select) = query.body, case .function(let table)? = select.from else {
            throw Missing()
        }
        let isTable = table.call.arguments.map { argument in
            if case .table = argument.value { true } else { false }
        }
        #expect(isTable == [true, true, false])
    }

    @Test func `the select list has a place of its own`() throws {
        let query = try SQLParser.query("SELECT DISTINCT a, b AS c FROM t")
        guard case .select(let select) = query.body else { throw Missing() }
        #expect(select.itemsRange.description == "from line 1, column 17 to line 1, column 25")
        #expect(select.range.description == "from line 1, column 1 to line 1, column 32")
    }
}
