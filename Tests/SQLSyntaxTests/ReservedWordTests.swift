import SQLSyntax
import Testing

/// Which words may be names.
@Suite struct ReservedWordTests {
    @Test(arguments: [
        "id", "name", "key", "type", "data", "status", "source", "level", "version", "state",
        "first",
        "last", "size", "number", "path", "plan", "role", "scale", "server", "session", "week",
        "quarter", "format", "json", "map", "object", "label", "hop", "tumble", "descriptor", "if",
        "metadata", "options", "partitions", "zone", "a", "c", "g", "k", "m", "desc", "asc",
        "error",
        "database", "catalog", "view", "temporary", "columns", "model", "conflict", "nothing",
        "deduplicate", "weeks", "days", "timestampadd", "unbounded", "following", "stop", "job",
    ])
    func `words of everyday are names without quotes`(word: String) throws {
        for spelling in [word, word.uppercased()] {
            let query = try SQLParser.query(
                "SELECT x.\(spelling), \(spelling) AS \(spelling) FROM \(spelling) AS \(spelling)"
            )
            guard case .select(let select) = query.body else { throw Missing() }
            #expect(select.items[1].alias?.name == spelling)
            #expect(try SQLParser.query(query.sql) == query)
            let table = try SQLParser.statement("CREATE TABLE \(spelling) (\(spelling) INT)")
            #expect(try SQLParser.statement(table.sql) == table)
        }
    }

    @Test(arguments: [
        "value", "order", "user", "date", "time", "timestamp", "year", "month", "day", "hour",
        "minute",
        "second", "running", "group", "count", "sum", "min", "max", "rank", "position", "comment",
        "method", "result", "start", "end", "row", "rows", "table", "tables", "language",
        "string", "int", "at", "any", "no", "none", "new", "old", "match", "measures", "percent",
        "period", "system", "values", "views", "raw", "use", "modules",
        "watermark", "hash", "statement", "true", "null",
    ])
    func `reserved words need back quotes`(word: String) throws {
        #expect(throws: SyntaxError.self) {
            try SQLParser.statement("CREATE TABLE t (\(word) INT)")
        }
        let quoted = try SQLParser.statement("CREATE TABLE t (`\(word)` INT)")
        #expect(quoted.sql == "CREATE TABLE t (`\(word)` INT)")
        // A field behind a dot is no exception.
        #expect(throws: SyntaxError.self) { try SQLParser.query("SELECT t.\(word) FROM t") }
    }

    @Test func `names keep their case, keywords do not`() throws {
        let query = try SQLParser.query("sElEcT Id, iD fRoM T wHeRe Id iS nOt NuLl")
        #expect(query.sql == "SELECT Id, iD FROM T WHERE Id IS NOT NULL")
        #expect(try SQLParser.expression("Id") != SQLParser.expression("iD"))
    }

    @Test func `quoted names may hold anything but a line end`() throws {
        for name in ["a b", "a``b", "a.b", "1", "é漢😀", "select", "a'b", "a\"b", "/* */", "--", ";"]
        {
            let expression = try SQLParser.expression("`\(name)`")
            guard case .column(let column) = expression else { throw Missing() }
            #expect(column.simple == name.replacing("``", with: "`"))
            #expect(column.parts[0].isQuoted)
            #expect(try SQLParser.expression(expression.sql) == expression)
        }
        #expect(throws: SyntaxError.self) { try SQLParser.expression("`a\nb`") }
        #expect(throws: SyntaxError.self) { try SQLParser.expression("``") }
    }

    @Test func `reserved words that are functions can be called`() throws {
        for name in [
            "COUNT", "SUM", "LEFT", "RIGHT", "YEAR", "CHAR_LENGTH", "RANK", "UPPER", "USER",
        ] {
            let expression = try SQLParser.expression("\(name)(a)")
            guard case .call(let call) = expression else { throw Missing() }
            #expect(call.name.simple == name)
            #expect(expression.sql == "\(name)(a)")
        }
    }
}
