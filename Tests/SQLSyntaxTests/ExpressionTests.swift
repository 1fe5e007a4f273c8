import SQLSyntax
import Testing

/// Expressions: precedence, operands, calls and literals.
@Suite struct ExpressionTests {
    @Test(arguments: [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a * b || c", "(a * b) || c"),
        ("a = b AND c OR d", "((a = b) AND c) OR d"),
        ("NOT a = b AND c", "(NOT (a = b)) AND c"),
        ("NOT a IS NULL", "NOT (a IS NULL)"),
        ("a = b IS NULL", "(a = b) IS NULL"),
        ("a = b = c", "(a = b) = c"),
        ("a + b LIKE c || d", "(a + b) LIKE (c || d)"),
        ("a LIKE b ESCAPE '\\' AND c", "(a LIKE b ESCAPE '\\') AND c"),
        ("a BETWEEN b AND c AND d", "(a BETWEEN b AND c) AND d"),
        ("a BETWEEN b + 1 AND c * 2 OR d", "(a BETWEEN (b + 1) AND (c * 2)) OR d"),
        ("a BETWEEN ASYMMETRIC b AND c", "a BETWEEN b AND c"),
        ("a IN (1, 2) = b", "(a IN (1, 2)) = b"),
        ("-a * b", "(-a) * b"),
        ("- a[1]", "-(a[1])"),
        ("a[1][2]", "(a[1])[2]"),
        ("a = 1 OR b = 2 OR c = 3", "(a = 1 OR b = 2) OR c = 3"),
        ("a IS NOT DISTINCT FROM b AND c", "(a IS NOT DISTINCT FROM b) AND c"),
        ("a IS JSON OBJECT AND b", "(a IS JSON OBJECT) AND b"),
        ("a > ANY (SELECT b FROM t)", "a > SOME (SELECT b FROM t)"),
        ("CASE WHEN a THEN b END = c", "(CASE WHEN a THEN b END) = c"),
        ("(a, b) OVERLAPS (c, d) AND e", "((a, b) OVERLAPS (c, d)) AND e"),
        ("INTERVAL '1' DAY + ts", "(INTERVAL '1' DAY) + ts"),
        ("SUBSTRING(a, 2, 3)", "SUBSTRING(a FROM 2 FOR 3)"),
        ("TRIM(a)", "TRIM(BOTH FROM a)"),
        ("CEILING(a)", "CEIL(a)"),
        ("a IN ((SELECT b FROM t))", "a IN (SELECT b FROM t)"),
        ("JSON_OBJECT('k' VALUE 1)", "JSON_OBJECT(KEY 'k' VALUE 1)"),
        ("JSON_OBJECT('k' : 1)", "JSON_OBJECT('k' VALUE 1)"),
        ("a /* no */ + -- nothing\n b", "a + b"),
        ("CAST(a AS INTEGER)", "CAST(a AS INT)"),
        ("CAST(a AS INT ARRAY)", "CAST(a AS ARRAY<INT>)"),
        ("CAST(a AS TIMESTAMP(3) WITH LOCAL TIME ZONE)", "CAST(a AS TIMESTAMP_LTZ(3))"),
        ("CAST(a AS ROW(b INT, c STRING))", "CAST(a AS ROW<b INT, c STRING>)"),
        ("'a'\n'b'", "'ab'"),
        ("`a`", "a"),
    ])
    func `operators bind as in Calcite, and synonyms are one`(left: String, right: String) throws {
        #expect(try SQLParser.expression(left) == SQLParser.expression(right))
    }

    @Test(arguments: [
        ("a AND (b OR c)", "a AND b OR c"), ("a - (b - c)", "a - b - c"), ("(-a)[1]", "-a[1]"),
        ("a", "A"), ("'a'", "'A'"), ("(a).b", "a.b"), ("a IN (1)", "a NOT IN (1)"),
        ("COUNT(a)", "COUNT(DISTINCT a)"), ("CURRENT_DATE", "CURRENT_DATE()"), ("1", "1.0"),
    ])
    func `what differs is not equal`(left: String, right: String) throws {
        #expect(try SQLParser.expression(left) != SQLParser.expression(right))
    }

    @Test(arguments: [
        "a.b.c", "t.*", "(a).b", "f(x).b.c", "a[1].b", "ROW(1, 'x')", "(a, b)", "ARRAY[]",
        "MAP['k', 1]",
        "MULTISET[1, 2]", "PERIOD (a, b)", "EXISTS (SELECT 1)", "ARRAY(SELECT a FROM t)",
        "a NOT IN (SELECT b FROM t)", "a <> ALL (SELECT b FROM t)", "a IS NOT UNKNOWN", "- -a",
        "NOT NOT a", "-(a + b)", "(a + b) * c", "a - (b - c)", "TRY_CAST(a AS DECIMAL(10, 2))",
        "CASE a WHEN 1, 2 THEN 'x' ELSE NULL END", "x NOT BETWEEN SYMMETRIC 1 AND 2",
        "a NOT LIKE 'x!%' ESCAPE '!'", "a NOT SIMILAR TO 'x'", "a MEMBER OF b",
        "a MULTISET UNION DISTINCT b", "a NOT SUBMULTISET OF b", "a IMMEDIATELY PRECEDES b",
        "'x' FORMAT JSON", "(a - b) DAY TO SECOND(3)", "INTERVAL -'1 02' DAY(3) TO HOUR",
        "INTERVAL '5' SECOND(3, 2)", "INTERVAL x MINUTE", "INTERVAL (x + 1) DAY", "INTERVAL 5 HOUR",
        "DATE '2024-01-01'", "TIME '10:00'", "TIMESTAMP '2024-01-01 10:00:00'",
        "TIMESTAMP WITH LOCAL TIME ZONE '2024-01-01 10:00:00'", "_UTF16'é'", "X'00FF'", "1E-3",
        ".5",
        "U&'\\00e9'", "'it''s'", "COUNT(*)", "COUNT(DISTINCT a, b)", "SUM(ALL a)",
        "SUM(x) FILTER (WHERE y > 0) OVER w",
        "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC NULLS LAST)",
        "LAG(a, 1) IGNORE NULLS OVER (PARTITION BY b ORDER BY c)",
        "SUM(a) OVER (w PARTITION BY b ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
        "SUM(a) OVER (ORDER BY c RANGE INTERVAL '1' DAY PRECEDING)", "ARRAY_AGG(a ORDER BY b)",
        "EXTRACT(DOW FROM ts)", "FLOOR(ts TO HOUR)", "FLOOR(x)", "CEIL(ts TO DAY)",
        "FLOOR((INTERVAL '1' DAY) TO HOUR)", "TIMESTAMPADD(DAY, 1, ts)",
        "TIMESTAMPDIFF(SECOND, a, b)",
        "POSITION('a' IN b)", "POSITION('a' IN b FROM 2)", "OVERLAY(a PLACING b FROM 1 FOR 2)",
        "TRIM(LEADING 'x' FROM a)", "TRIM('x' FROM a)", "LEFT(a, 1)", "TRANSLATE(a, 'b', 'c')",
        "JSON_VALUE(a, '$.b' RETURNING INT NULL ON EMPTY DEFAULT -1 ON ERROR)",
        "JSON_QUERY(a, '$' RETURNING ARRAY<STRING> WITH CONDITIONAL WRAPPER EMPTY ARRAY ON EMPTY)",
        "JSON_EXISTS(a, '$.b' UNKNOWN ON ERROR)", "JSON_OBJECT(ABSENT ON NULL)", "JSON_ARRAY()",
        "JSON_OBJECT('a' VALUE 1, 'b' VALUE JSON_ARRAY(1, 2) FORMAT JSON NULL ON NULL)",
        "JSON_ARRAY(1, NULL ABSENT ON NULL)", "JSON_OBJECTAGG(KEY a VALUE b ABSENT ON NULL)",
        "LOCALTIMESTAMP", "NOW()", "`select`.`a``b`", "`map`[1]", "`é x`", "IF(a, b, c)",
        "catalog.db.f(x)", "f(a => 1, b => DEFAULT)", "`TIMESTAMPADD`(a, b)", "`floor`(a, b)",
        "CAST(a AS MAP<STRING NOT NULL, ROW<x INT NOT NULL 'why', y ARRAY<BYTES>>>)",
        "CAST(a AS INTERVAL DAY TO SECOND)", "CAST(a AS this.type)", "CAST(a AS ROW<>)",
        "CAST(a AS RAW('c', 's'))", "CAST(a AS MULTISET<DOUBLE>)", "CAST(a AS CHAR VARYING(3))",
        "(SELECT MAX(a) FROM t) + 1", "((SELECT 1) UNION (SELECT 2))", "DAYOFWEEK(a)",
        "a FORMAT JSON",
    ])
    func `an expression survives printing`(sql: String) throws {
        let expression = try SQLParser.expression(sql)
        let printed = expression.sql
        #expect(try SQLParser.expression(printed) == expression, "\(printed)")
        #expect(try SQLParser.expression(printed).sql == printed)
    }

    @Test(arguments: [
        ("COUNT(DISTINCT A.price)", "COUNT(DISTINCT `A`.`price`)"),
        ("count(*)", "COUNT(*)"),
        ("s.player", "s.player"),
        ("a + b * 2", "`a` + `b` * 2"),
        ("(a + b) * 2", "(`a` + `b`) * 2"),
        ("a BETWEEN 1 AND 2", "`a` BETWEEN ASYMMETRIC 1 AND 2"),
        ("-a", "- `a`"),
        ("CASE x WHEN 1 THEN 'a' END", "CASE WHEN `x` = 1 THEN 'a' ELSE NULL END"),
        ("TRIM(x)", "TRIM(BOTH ' ' FROM `x`)"),
        ("CAST(x AS INT)", "CAST(`x` AS INTEGER)"),
        ("(a, b)", "ROW(`a`, `b`)"),
        ("SUM(x) OVER (PARTITION BY y)", "SUM(`x`) OVER (PARTITION BY `y`)"),
        ("frobnicate(x)", "frobnicate(`x`)"),
        ("(SELECT a FROM t WHERE b)", "(SELECT `a`\nFROM `t`\nWHERE `b`)"),
    ])
    func `messages show expressions as Calcite does`(sql: String, text: String) throws {
        #expect(try SQLParser.expression(sql).messageText == text)
    }

    @Test func `special functions come out with their arguments in order`() throws {
        func call(_ sql: String) throws -> FunctionCall {
            guard case .call(let call) = try SQLParser.expression(sql) else {
                throw Missing()
            }
            return call
        }
        let extract = try call("EXTRACT(hour FROM ts)")
        #expect(extract.form == .special)
        #expect(extract.name.simple == "EXTRACT")
        #expect(extract.arguments[0].value == .unit(.hour))
        #expect(try extract.arguments[1].value == .expression(SQLParser.expression("ts")))
        let trim = try call("TRIM(TRAILING 'x' FROM a)")
        #expect(trim.arguments.map(\.value).first == .trim(.trailing))
        #expect(trim.arguments.count == 3)
        let value = try call("JSON_VALUE(j, '$.a' RETURNING INT DEFAULT 0 ON EMPTY ERROR ON ERROR)")
        #expect(value.arguments.count == 2)
        #expect(value.json?.returning?.kind == .scalar(.int, precision: nil, scale: nil))
        #expect(try value.json?.onEmpty == .defaultValue(SQLParser.expression("0")))
        #expect(value.json?.onError == .error)
        let bare = try call("CURRENT_TIMESTAMP")
        #expect(bare.form == .bare && bare.arguments.isEmpty)
        let ranked = try call("ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC)")
        guard case .inline(let window)? = ranked.over else { throw Missing() }
        #expect(window.partitionBy.count == 1)
        #expect(window.orderBy.first?.isDescending == true)
        #expect(ranked.range.description == "from line 1, column 1 to line 1, column 12")
    }

    @Test func `literals keep their text and resolve their escapes`() throws {
        func literal(_ sql: String) throws -> LiteralValue {
            guard case .literal(let literal) = try SQLParser.expression(sql) else {
                throw Missing()
            }
            return literal.value
        }
        #expect(try literal("'it''s'") == .string("it's", charset: nil))
        #expect(try literal("_utf8'x'") == .string("x", charset: "utf8"))
        #expect(try literal(#"U&'\00e9\+01F600'"#) == .string("é😀", charset: nil))
        #expect(try literal(#"U&'!0041\' UESCAPE '!'"#) == .string(#"A\"#, charset: nil))
        #expect(try literal(#"E'a\tb\x41\u00e9\'\101'"#) == .string("a\tbAé'A", charset: nil))
        #expect(try literal("X'0aFF'") == .binary([10, 255]))
        #expect(try literal("12345678901234567890") == .exact("12345678901234567890"))
        #expect(try literal("1.50") == .exact("1.50"))
        #expect(try literal("1e3") == .approximate("1e3"))
        #expect(try literal("unknown") == .unknown)
        guard
            case .interval(let text, let isNegative, let unit) = try literal(
                "INTERVAL -'1:30' HOUR(3) TO SECOND(2)"
            )
        else { throw Missing() }
        #expect(text == "1:30" && isNegative)
        #expect(unit.start == .hour && unit.startPrecision == 3)
        #expect(unit.end == .second && unit.fractionalPrecision == 2)
    }

    @Test func `chains of AND and OR are one node`() throws {
        let sql = (0..<5000).map { "a = \($0)" }.joined(separator: " OR ")
        guard case .operation(let node) = try SQLParser.expression(sql) else { throw Missing() }
        #expect(node.operator == .or)
        #expect(node.operands.count == 5000)
    }
}

/// A tree was not of the shape that the test expects.
struct Missing: Error {}
