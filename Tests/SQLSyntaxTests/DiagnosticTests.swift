import SQLSyntax
import Testing

/// The picture of a mistake: file, line, source and caret.
@Suite struct DiagnosticTests {
    private func diagnostic(_ sql: String) -> String {
        do {
            _ = try SQLScript(parsing: ScriptText(sql, name: "jobs/x.sql"))
            return "read"
        } catch {
            return error.diagnostic.description
        }
    }

    @Test func `the caret stands under the mistake`() {
        let text = diagnostic("SET 'a' = 'b';\n\n  SELECT id FORM scores;\n")
        #expect(
            text == """
                Encountered "scores" at line 1, column 16.
                Expected ',', the end, FROM, INTERSECT, UNION, EXCEPT, ORDER, LIMIT, OFFSET, \
                FETCH. \
                'FORM' is probably meant to be FROM.
                  --> jobs/x.sql:3:18
                3 |   SELECT id FORM scores;
                  |                  ^~~~~~
                """
        )
    }

    @Test(arguments: [
        // A tab stays a tab, so that both lines move alike.
        ("SELECT\ta b c", "1 | SELECT\ta b c", "  |       \t    ^"),
        // Two columns for a wide character, one for a letter with a mark of its own.
        ("SELECT '漢字' b c", "1 | SELECT '漢字' b c", "  |                 ^"),
        ("SELECT 'e\u{301}' b c", "1 | SELECT 'e\u{301}' b c", "  |              ^"),
        ("SELECT '😀' b c", "1 | SELECT '😀' b c", "  |               ^"),
        ("SELECT a b é_long", "1 | SELECT a b é_long", "  |            ^~~~~~"),
        ("SELECT a b\r\n  c\r\nFROM t", "2 |   c", "  |   ^"),
    ])
    func `the caret keeps its place after tabs and wide characters`(
        sql: String,
        source: String,
        marks: String
    ) {
        let lines = diagnostic(sql).split(separator: "\n").map(String.init)
        #expect(lines.suffix(2) == [source, marks])
    }

    @Test func `a long line is cut around the mistake`() throws {
        let padding = String(repeating: "a, ", count: 200)
        let lines = diagnostic("SELECT \(padding) b c d, \(padding) e").split(separator: "\n")
        #expect(lines.suffix(2).allSatisfy { $0.count < 220 })
        #expect(lines[lines.count - 2].contains("…"))
        let caret = lines[lines.count - 1].firstIndex(of: "^")
        let column = try #require(
            caret.map {
                lines[lines.count - 1].distance(from: lines[lines.count - 1].startIndex, to: $0)
            }
        )
        let source = Array(lines[lines.count - 2])
        #expect(source[column] == "d")
    }

    @Test func `a mistake over several lines is marked on its first`() throws {
        let script = ScriptText("SELECT a,\n  b\nFROM t", name: "q.sql")
        let text = Diagnostic(message: "m", script: script, offsets: 7..<13).description
        #expect(text == "m\n  --> q.sql:1:8\n1 | SELECT a,\n  |        ^~")
    }

    @Test func `a mistake at the end of the script has a caret behind the last character`() {
        let lines = diagnostic("SELECT (a").split(separator: "\n").map(String.init)
        #expect(lines.suffix(2) == ["1 | SELECT (a", "  |          ^"])
    }

    @Test func `controls in the source are not sent to the terminal`() {
        #expect(!diagnostic("SELECT '\u{1B}[2J' b c").contains("\u{1B}"))
    }

    @Test func `places are counted without comments, offsets with them`() throws {
        let sql = "-- intro\nSET 'k' = 'v';\n /* a\nb */ SELECT /* x */ a /* y\nz */ , b c d"
        do {
            _ = try SQLScript(parsing: ScriptText(sql))
            Issue.record("read")
        } catch {
            #expect(error.headline == "Encountered \"d\" at line 2, column 8.")
            #expect(
                error.statement.filePosition(of: error.range).description == "line 5, column 12"
            )
            #expect(ScriptText(sql).text(error.range.offsets) == "d")
        }
    }
}
