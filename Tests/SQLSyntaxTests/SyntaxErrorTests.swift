import Core
import SQLSyntax
import Testing

/// What a person is told of a mistake.
@Suite struct SyntaxErrorTests {
    private func error(_ sql: String) -> SyntaxError? {
        do {
            _ = try SQLScript(parsing: ScriptText(sql))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        // A keyword in upper case where a name might stand.
        ("SELECT a, FROM t", "Incorrect syntax near the keyword 'FROM' at line 1, column 11."),
        ("SELECT a, from t", "Encountered \"from\" at line 1, column 11."),
        ("FROM t", "Incorrect syntax near the keyword 'FROM' at line 1, column 1."),
        (
            "CREATE TABLE t (VALUE INT)",
            "Incorrect syntax near the keyword 'VALUE' at line 1, column 17."
        ),
        ("SELECT a SELECT b", "Incorrect syntax near the keyword 'SELECT' at line 1, column 10."),
        // No name might stand there.
        ("SELECT COUNT(a FROM t", "Encountered \"FROM\" at line 1, column 16."),
        ("SELECT a FROM t WHERE b c", "Encountered \"c\" at line 1, column 25."),
        ("SELECT (a", "Encountered \"<EOF>\" at line 1, column 10."),
        ("SELECT (a;", "Encountered \";\" at line 1, column 10."),
        // Calcite looks two or three tokens ahead and names them.
        ("SELECT a FROM t WHERE b = \"x\"", "Encountered \"= \\\"\" at line 1, column 25."),
        ("SELECT a FROM t WHERE b = FROM", "Encountered \"= FROM\" at line 1, column 25."),
        ("SELECT a FROM t WHERE b = - FROM", "Encountered \"= - FROM\" at line 1, column 25."),
        ("SELECT a FROM t WHERE b IN 5", "Encountered \"IN 5\" at line 1, column 25."),
        ("SELECT a FROM t WHERE b NOT 5", "Encountered \"NOT 5\" at line 1, column 25."),
        ("SELECT a FROM t WHERE b IS NOT 5", "Encountered \"5\" at line 1, column 32."),
        ("SELECT t.order FROM t", "Encountered \". order\" at line 1, column 9."),
        ("SELECT a FROM b, WHERE c", "Encountered \", WHERE\" at line 1, column 16."),
        ("SELECT a FROM t ORDER BY a, LIMIT 1", "Encountered \", LIMIT\" at line 1, column 27."),
        ("SELECT ARRAY[1,]", "Encountered \", ]\" at line 1, column 15."),
        ("SELECT a FROM b x LEFT c", "Encountered \"LEFT c\" at line 1, column 19."),
        ("SELECT date FROM t", "Encountered \"date FROM\" at line 1, column 8."),
        // Calcite's own sentences.
        ("SELEC a FROM t", "Non-query expression encountered in illegal context"),
        ("INSERT INTO t 5", "Non-query expression encountered in illegal context"),
        ("SELECT a 'b' FROM t", "Expecting alias, found character literal"),
        ("SELECT 'a' 'b'", "String literal continued on same line"),
        ("SELECT EXTRACT(FOO FROM t)", "'FOO' is not a valid time frame"),
        (
            "SELECT a FROM t LIMIT 1, 2",
            "'LIMIT start, count' is not allowed under the current SQL conformance level"
        ),
        (
            "SELECT a FROM t OFFSET 1 LIMIT 2",
            "'OFFSET start LIMIT count' is not allowed under the current SQL conformance level"
        ),
        (
            "EXPLAIN CHANGELOG_MODE, CHANGELOG_MODE SELECT 1",
            "Duplicate EXPLAIN DETAIL is not allowed."
        ),
        (
            "CREATE TABLE t (a INT, b AS (SELECT 1))",
            "Query expression encountered in illegal context"
        ),
        (
            "INSERT INTO t1 SELECT * FROM t2 ON CONFLICT DO UPDATE",
            "Encountered \"UPDATE\" at line 1, column 48."
        ),
        ("CREATE TABLE t (a INT, f(b))", "Encountered \"(\" at line 1, column 25."),
        ("CREATE TABLE t (a INT) WITH (a.b = 'c')", "Encountered \"a\" at line 1, column 30."),
        ("SHOW VIEWS db1", "Encountered \"db1\" at line 1, column 12."),
        ("USE CATALOG 'core'", "Encountered \"\\'core\\'\" at line 1, column 13."),
        (
            "CREATE TABLE t (a INT, WATERMARK FOR a AS a, WATERMARK FOR a AS a)",
            "Multiple WATERMARK declarations are not supported yet."
        ),
        ("SELECT # FROM t", "Lexical error at line 1, column 8.  Encountered: \"#\" (35)"),
        ("SELECT é é é", "Encountered \"\\u00e9\" at line 1, column 12."),
        // What this engine does not have.
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE AS is not supported"),
        ("ALTER TABLE t ADD x INT", "ALTER is not supported"),
        ("CREATE FUNCTION f AS 'x'", "CREATE FUNCTION is not supported"),
        ("SHOW JARS", "SHOW JARS is not supported"),
        ("WITH RECURSIVE a AS (SELECT 1) SELECT 1", "WITH RECURSIVE is not supported"),
        ("SELECT a FROM t WHERE b = ?", "A dynamic parameter '?' is not supported"),
        ("SELECT * FROM t TABLESAMPLE SYSTEM (5)", "TABLESAMPLE is not supported"),
    ])
    func `the first line is Flink's`(sql: String, headline: String) {
        #expect(error(sql)?.headline == headline)
    }

    @Test(arguments: [
        ("SELECT id FORM t", "'FORM' is probably meant to be FROM."),
        ("SELECT id FROM t WHRE x = 1", "'WHRE' is probably meant to be WHERE."),
        ("SELECT a FROM t GRUOP BY a", "'GRUOP' is probably meant to be GROUP."),
        ("SELEC a FROM t", "'SELEC' is probably meant to be SELECT."),
        ("CREATE TABEL t (a INT)", "'TABEL' is probably meant to be TABLE."),
        ("INSERT INTI t SELECT 1", "'INTI' is probably meant to be INTO."),
        (
            "SELECT value FROM t",
            "'value' is a reserved word: as a name it needs back quotes, `value`."
        ),
        (
            "SELECT t.order FROM t",
            "'order' is a reserved word: as a name it needs back quotes, `order`."
        ),
        ("SELECT a FROM t WHERE b = \"x\"", "Strings stand between single quotes"),
        ("SELECT a FROM t WHERE b = 'x", "The string that begins here has no closing quote."),
        ("SELECT `a FROM t", "The name that begins here has no closing back quote."),
        ("SET a.b = 'c'", "Expected a string. Strings stand between single quotes."),
        ("SELECT 1 != 2", "Write <> instead of !=."),
        ("SELECT a FROM t WHERE b =", "Something is missing after '='."),
        ("CREATE TABLE t (a INT b INT)", "Expected NOT NULL, ',', ')'"),
    ])
    func `the message says what was meant or expected`(sql: String, advice: String) {
        #expect(error(sql)?.message.contains(advice) == true, "\(error(sql)?.message ?? "")")
    }

    @Test func `no innocent word is called a misspelling`() {
        #expect(error("SELECT a FROM t b c")?.message.contains("probably") == false)
        #expect(error("SELECT a, FROM t")?.message.contains("back quotes") == false)
    }

    @Test func `a mistake is the user's and cannot be retried`() throws {
        let mistake = try #require(error("SELECT 1;\nSELECT (;"))
        #expect(mistake.blame == .user)
        #expect(!mistake.isRetryable)
        #expect(mistake.description == mistake.message)
        #expect(mistake.statement.description == "SELECT (")
        #expect(mistake.range.start == LinePosition(line: 1, column: 9))
        #expect(
            mistake.statement.filePosition(of: mistake.range) == LinePosition(line: 2, column: 9)
        )
    }

    @Test func `bytes that are not UTF-8 are refused with their place`() {
        for (bytes, offset) in [
            ([0x53, 0xFF], 1), ([0xC0, 0x80], 0), ([0x61, 0xED, 0xA0, 0x80], 1), ([0xE2, 0x82], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0x0A, 0x80], 1),
        ] as [([UInt8], Int)] {
            do {
                _ = try ScriptText(bytes: bytes, name: "x.sql")
                Issue.record("accepted \(bytes)")
            } catch {
                #expect(error.headline.hasPrefix("The script is not UTF-8: byte \(offset) "))
                #expect(error.range.offsets.lowerBound == offset)
            }
        }
        #expect(throws: Never.self) { try ScriptText(bytes: Array("é€😀".utf8), name: "x.sql") }
    }

    @Test func `a NUL is a mistake outside strings and a character inside`() {
        let nul = "\u{0}"
        #expect(
            error("SELECT \(nul)")?.headline
                == "Lexical error at line 1, column 8.  Encountered: \"\\u0000\" (0)"
        )
        #expect(error("SELECT 'a\(nul)b'")?.headline == nil)
    }
}
