import SQLSyntax
import Testing

/// The places of nodes.
@Suite struct PlaceTests {
    /// The places of all nodes of a statement, of the ends of qualified names, and where they
    /// begin.
    private func places(in value: Any) -> Set<String> {
        var places: Set<String> = []
        collect(value, into: &places)
        return places
    }

    private func collect(_ value: Any, into places: inout Set<String>) {
        if let range = value as? SourceRange {
            places.insert(range.description)
            places.insert("at \(range.start)")
            return
        }
        if let name = value as? QualifiedName {
            for part in name.parts.indices {
                places.insert(name.range(fromPart: part).description)
            }
        }
        for child in Mirror(reflecting: value).children { collect(child.value, into: &places) }
    }

    @Test func `every place that Flink's validator names is the place of a node`() throws {
        var checked = 0
        for oracleCase in OracleFiles.cases where !oracleCase.isAboutMatching {
            let error = oracleCase.error
            guard !error.contains("phase: parse"),
                let line = error.first(where: { $0.hasPrefix("position: ") })
            else { continue }
            let script = try SQLScript(parsing: ScriptText(oracleCase.sql))
            let all = script.statements.flatMap { places(in: $0.statement) }
            let place = String(line.dropFirst("position: ".count))
            #expect(all.contains(place), "\(oracleCase.name): \(place)")
            checked += 1
        }
        #expect(checked >= 33)
    }

    @Test(arguments: [
        ("a b", "line 1, column 10"),
        ("'\n' b", "line 2, column 3"),
        ("'\r\n' b", "line 2, column 3"),
        ("'\r' b", "line 2, column 3"),
        ("\t\tb", "line 1, column 10"),
        ("'é' b", "line 1, column 12"),
        ("'€' b", "line 1, column 12"),
        // Java counts UTF-16 units.
        ("'😀' b", "line 1, column 13"),
        ("/* é */ b", "line 1, column 9"),
        ("/* \n */ b", "line 2, column 2"),
        ("-- c\r\n  b", "line 2, column 3"),
        ("`ü ` b", "line 1, column 13"),
        ("/*+ x */ b", "line 1, column 17"),
    ])
    func `columns are counted as Calcite counts them`(text: String, place: String) throws {
        let query: Query
        do {
            query = try SQLParser.query("SELECT \(text)")
        } catch {
            // Hints do not belong there: the mistake has a place as well.
            #expect(error.range.start.description == place)
            return
        }
        guard case .select(let select) = query.body, let item = select.items.last else {
            throw Missing()
        }
        let last = item.alias?.range ?? item.expression.range
        #expect(last.start.description == place)
    }

    @Test func `a statement is counted from its own first character`() throws {
        let sql = "-- é\n SET 'a' = 'b'; /* x */ SELECT\n  a,\n b /* y */ + c ; SELECT d"
        let script = try SQLScript(parsing: ScriptText(sql))
        let places = script.statements.map(\.statement.range.description)
        #expect(
            places == [
                "from line 1, column 1 to line 1, column 13",
                "from line 1, column 1 to line 3, column 7",
                "from line 1, column 1 to line 1, column 8",
            ]
        )
        let file = script.statements.map { $0.text.filePosition(of: $0.statement.range) }
        #expect(
            file.map(\.description) == [
                "line 2, column 2", "line 2, column 25", "line 4, column 18",
            ]
        )
    }

    @Test func `parentheses do not belong to the place of what they hold`() throws {
        let expression = try SQLParser.expression("(a + 1) * (b)")
        guard case .operation(let product) = expression else { throw Missing() }
        #expect(product.range.description == "from line 1, column 2 to line 1, column 12")
        #expect(product.operatorRange.description == "at line 1, column 9")
        #expect(
            product.operands[0].range.description == "from line 1, column 2 to line 1, column 6"
        )
    }
}
