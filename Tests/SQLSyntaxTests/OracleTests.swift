import SQLSyntax
import Testing

/// Everything that Flink 2.3 reads is read, and what it refuses is refused with its words.
@Suite struct OracleTests {
    @Test func `the oracle is where it is looked for`() {
        #expect(OracleFiles.cases.count >= 400)
        #expect(OracleFiles.plans.count >= 22)
        #expect(OracleFiles.refused.count >= 9)
        #expect(OracleFiles.rejectedExpressions.count >= 50)
    }

    @Test func `every script of the oracle is read and survives printing`() throws {
        var statements = 0
        let refused = Set(OracleFiles.refused.map(\.name))
        for oracleCase in OracleFiles.cases where !refused.contains(oracleCase.name) {
            guard !oracleCase.isAboutMatching else { continue }
            statements += try readAndPrint(oracleCase.sql, name: oracleCase.name)
        }
        for plan in OracleFiles.plans {
            let sql = OracleFiles.text("\(OracleFiles.root)/plans/\(plan)")
            guard !sql.contains("MATCH_RECOGNIZE") else { continue }
            statements += try readAndPrint(sql, name: plan)
        }
        #expect(statements >= 1200)
    }

    /// Reads a script, prints each statement and reads it again; returns how many there were.
    private func readAndPrint(_ sql: String, name: String) throws -> Int {
        let script: SQLScript
        do {
            script = try SQLScript(parsing: ScriptText(sql, name: name))
        } catch {
            Issue.record("\(error.diagnostic)")
            return 0
        }
        for parsed in script.statements {
            let printed = parsed.statement.sql
            do {
                let again = try SQLParser.statement(printed)
                #expect(again == parsed.statement, "\(name): \(printed)")
                #expect(again.sql == printed)
            } catch {
                Issue.record("\(name): \(error.diagnostic)")
            }
        }
        return script.statements.count
    }

    @Test(arguments: OracleFiles.cases.filter(\.isAboutMatching))
    func `pattern matching is refused by name`(oracleCase: OracleFiles.Case) throws {
        do {
            _ = try SQLScript(parsing: ScriptText(oracleCase.sql))
            Issue.record("read")
        } catch {
            #expect(error.headline == "MATCH_RECOGNIZE is not supported")
            let text = ScriptText(oracleCase.sql).text(error.range.offsets)
            #expect(text == "MATCH_RECOGNIZE")
        }
    }

    @Test(arguments: OracleFiles.refused)
    func `what Flink's parser refuses is refused in its words`(
        oracleCase: OracleFiles.Case
    ) throws {
        do {
            _ = try SQLScript(parsing: ScriptText(oracleCase.sql))
            Issue.record("read")
        } catch {
            #expect(error.headline == oracleCase.error[0])
            for line in oracleCase.error where line.hasPrefix("position: ") {
                // Flink gives the place of the first token alone.
                #expect(line == "position: at \(error.range.start)")
            }
        }
    }

    @Test func `a type that does not exist is kept for the binder to refuse`() throws {
        let sql = OracleFiles.text("\(OracleFiles.root)/cases/errors/parse_bad_type.sql")
        let script = try SQLScript(parsing: ScriptText(sql))
        guard case .createTable(let table)? = script.statements.first?.statement,
            case .physical(let type, _)? = table.columns.first?.kind,
            case .named(let name) = type.kind
        else {
            Issue.record("no type name")
            return
        }
        #expect(name.dotted == "INTEGR")
        #expect(name.range.description == "from line 1, column 20 to line 1, column 25")
    }

    @Test func `expressions are read unless Flink's parser refuses them`() throws {
        for (sql, _, message) in OracleFiles.rejectedExpressions {
            let isSyntax =
                message.hasPrefix("Bang equal") || message.hasPrefix("Incorrect syntax near")
            do {
                let expression = try SQLParser.expression(sql)
                #expect(!isSyntax, "\(sql)")
                #expect(try SQLParser.expression(expression.sql) == expression)
            } catch {
                #expect(isSyntax, "\(error.diagnostic)")
            }
        }
        let statement = "SELECT 1, TYPEOF(TIMESTAMP_LTZ '2024-02-29 12:34:56')"
        #expect(throws: SyntaxError.self) { try SQLParser.statement(statement) }
        do {
            _ = try SQLParser.statement(statement)
        } catch {
            let expected = OracleFiles.rejectedExpressions.first {
                $0.sql.hasPrefix("TIMESTAMP_LTZ '")
            }
            #expect(error.headline == expected?.message)
        }
    }
}
