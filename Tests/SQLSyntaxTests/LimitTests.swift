import Foundation
import SQLSyntax
import Testing

/// What is too deep, too long or too odd is refused; nothing ends the process.
@Suite struct LimitTests {
    private static func nested(
        _ open: String,
        _ inner: String,
        _ close: String,
        _ depth: Int
    )
        -> String
    {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    @Test(arguments: [
        ("(", "1", ")"), ("f(", "1", ")"), ("- ", "1", ""), ("NOT ", "a", ""), ("a[", "1", "]"),
        ("(SELECT ", "1", ")"), ("ARRAY[", "1", "]"), ("CAST(", "1", " AS INT)"),
        ("CASE WHEN ", "a", " THEN b END"), ("EXISTS (SELECT ", "1", ")"), ("a IN (", "1", ")"),
        ("a BETWEEN ", "b", " AND c"), ("COUNT(*) FILTER (WHERE ", "a", ")"), ("TRIM(", "a", ")"),
        ("SUM(a) OVER (ORDER BY ", "a", ")"), ("JSON_OBJECT('a' VALUE ", "1", ")"),
        ("(1, ", "2", ")"),
        ("INTERVAL (", "1", ") DAY"), ("a = ", "1", ""), ("a LIKE ", "b", ""), ("(", "a", ").b"),
    ])
    func `nesting is bounded`(open: String, inner: String, close: String) throws {
        let fine = LimitTests.nested(open, inner, close, 20)
        let expression = try SQLParser.expression(fine)
        #expect(try SQLParser.expression(expression.sql) == expression)
        for depth in [2000, 100_000] {
            let deep = LimitTests.nested(open, inner, close, depth)
            do {
                let tall = try SQLParser.expression(deep)
                // Chains from left to right are only as tall as the other limit.
                #expect(tall.sql.utf8.count > depth)
            } catch {
                #expect(error.headline.contains("levels deep") || error.headline.contains("chain"))
            }
        }
    }

    @Test(arguments: [
        ("SELECT * FROM (", "SELECT 1", ")"), ("SELECT * FROM ", "(a)", ""),
        ("WITH a AS (", "SELECT 1", ") SELECT 1"), ("(", "SELECT 1", ")"),
        ("SELECT * FROM (a JOIN ", "b", ")"), ("SELECT * FROM UNNEST((", "SELECT 1", "))"),
    ])
    func `queries and joins are bounded alike`(open: String, inner: String, close: String) throws {
        #expect(throws: SyntaxError.self) {
            try SQLParser.query(LimitTests.nested(open, inner, close, 5000))
        }
        let parentheses = "SELECT * FROM " + LimitTests.nested("(", "a", ")", 5000)
        #expect(throws: SyntaxError.self) { try SQLParser.query(parentheses) }
        let sets =
            "SELECT a FROM t GROUP BY " + LimitTests.nested("GROUPING SETS (", "a", ")", 5000)
        #expect(throws: SyntaxError.self) { try SQLParser.query(sets) }
    }

    @Test func `types are bounded`() {
        for (open, close) in [("ARRAY<", ">"), ("ROW<a ", ">"), ("MAP<INT, ", ">")] {
            #expect(throws: SyntaxError.self) {
                try SQLParser.dataType(LimitTests.nested(open, "INT", close, 5000))
            }
        }
        let suffixes = "INT" + String(repeating: " ARRAY", count: 5000)
        #expect(throws: SyntaxError.self) { try SQLParser.dataType(suffixes) }
    }

    @Test(arguments: [" + a", " || a", " IS NULL", "[1]", " = a", " IN (1)", " LIKE a"])
    func `chains of operators are bounded`(link: String) throws {
        let fine = "a" + String(repeating: link, count: 400)
        #expect(try SQLParser.expression(SQLParser.expression(fine).sql).sql.utf8.count > 400)
        do {
            _ = try SQLParser.expression("a" + String(repeating: link, count: 100_000))
            Issue.record("accepted")
        } catch {
            #expect(error.headline.contains("chain of more than 500"))
        }
    }

    @Test func `chains of joins, fields and mixed set operations are bounded`() {
        let joins = "SELECT * FROM a" + String(repeating: " JOIN b ON c", count: 100_000)
        let commas = "SELECT * FROM a" + String(repeating: ", b", count: 100_000)
        let sets = "SELECT 1" + String(repeating: " UNION SELECT 2 EXCEPT SELECT 3", count: 100_000)
        for sql in [joins, commas, sets] {
            #expect(throws: SyntaxError.self) { try SQLParser.query(sql) }
        }
        let fields = "f(x)" + String(repeating: ".a", count: 100_000)
        #expect(throws: SyntaxError.self) { try SQLParser.expression(fields) }
    }

    @Test func `a chain within a chain is counted as one`() {
        // Each level alone stays within the limit of a chain.
        var sql = "a"
        for _ in 0..<10 { sql = "(\(sql))" + String(repeating: " + a", count: 200) }
        #expect(throws: SyntaxError.self) { try SQLParser.expression(sql) }
    }

    /// Worker threads have stacks of 4 MiB, and the binder needs its part.
    @Test func `the deepest trees fit a stack of two megabytes`() async {
        let survived = await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: LimitTests.buildDeepTrees()) }
            thread.stackSize = 2 << 20
            thread.start()
        }
        #expect(survived == 9)
    }

    /// Reads, compares, hashes and prints the deepest trees that are allowed; returns how many.
    private static func buildDeepTrees() -> Int {
        var survived = 0
        for (open, inner, close) in [
            ("(", "1", ")"), ("f(", "1", ")"), ("EXISTS (SELECT ", "1", ")"), ("a IN (", "1", ")"),
            ("a BETWEEN ", "b", " AND c"), ("SUM(a) OVER (ORDER BY ", "a", ")"),
            ("CASE WHEN ", "a", " THEN b END"), ("JSON_OBJECT('a' VALUE ", "1", ")"),
            ("(SELECT * FROM (SELECT a FROM b WHERE x IN (", "1", ")) AS t)"),
        ] {
            for depth in (1...SyntaxLimits.nestingDepth).reversed() {
                let sql = nested(open, inner, close, depth)
                guard let tree = try? SQLParser.expression(sql) else { continue }
                // Not from the printed form, whose parentheses may be one too many.
                let again = try? SQLParser.expression(sql)
                let isEqual = again == tree && again?.hashValue == tree.hashValue
                if isEqual, !tree.sql.isEmpty { survived += 1 }
                break
            }
        }
        return survived
    }

    @Test func `long lists are not deep`() throws {
        let many = (0..<50_000).map(String.init).joined(separator: ", ")
        for sql in [
            "SELECT \(many)", "SELECT a IN (\(many))", "VALUES \(many)", "SELECT f(\(many))",
        ] {
            #expect(throws: Never.self) { try SQLParser.query(sql) }
        }
        let unions = String(repeating: "SELECT 1 UNION ALL ", count: 20_000) + "SELECT 1"
        let query = try SQLParser.query(unions)
        #expect(try SQLParser.query(query.sql) == query)
    }

    @Test func `a script that is too long is refused`() {
        let bytes = [UInt8](repeating: 0x20, count: SyntaxLimits.scriptBytes + 1)
        let script = ScriptText(String(decoding: bytes, as: UTF8.self))
        var messages: [String] = []
        do { _ = try SQLScript(parsing: script) } catch { messages.append(error.headline) }
        do { _ = try SQLScript.split(script) } catch { messages.append(error.headline) }
        do { _ = try ScriptText(bytes: bytes, name: "x") } catch { messages.append(error.headline) }
        let expected = "The script has \(bytes.count) bytes, more than \(SyntaxLimits.scriptBytes)"
        #expect(messages == [expected, expected, expected])
    }

    @Test(arguments: [
        "_", "'", "`", "\"", "/*", "U&'", "E'\\", "_a-", "1.", "x'", "$", "\\", "''", "--",
    ])
    func `repeated oddities take no more than linear time`(piece: String) {
        let sql = "SELECT " + String(repeating: piece, count: 200_000)
        // The result does not matter: a quadratic lexer would not come back.
        _ = try? SQLScript(parsing: ScriptText(sql))
        _ = try? SQLScript.split(ScriptText(sql))
    }
}
