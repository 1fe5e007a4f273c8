/// Queries.
extension SQLPrinter {
    /// A query.
    mutating func query(_ query: Query) {
        if !query.with.isEmpty {
            write("WITH ")
            list(query.with) { printer, table in
                printer.name(table.name.name)
                printer.nameList(table.columns)
                printer.write(" AS (")
                printer.query(table.query)
                printer.write(")")
            }
            write(clauseBreak)
        }
        body(query.body)
        if !query.orderBy.isEmpty {
            write(clauseBreak)
            orderBy(query.orderBy)
        }
        if let limit = query.limit {
            write("\(clauseBreak)LIMIT ")
            literal(limit.value)
        }
        if let offset = query.offset {
            write("\(clauseBreak)OFFSET ")
            literal(offset.value)
        }
    }

    private mutating func body(_ body: QueryBody) {
        switch body {
        case .select(let node): select(node)
        case .values(let node): values(node)
        case .table(let name):
            write("TABLE ")
            self.name(name)
        case .setOperation(let node): setOperation(node)
        case .nested(let query):
            write("(")
            self.query(query)
            write(")")
        }
    }

    private mutating func setOperation(_ node: SetOperation) {
        for (index, input) in node.inputs.enumerated() {
            if index > 0 {
                let all = node.isAll ? " ALL" : ""
                write("\(clauseBreak)\(node.kind.rawValue)\(all)\(clauseBreak)")
            }
            guard case .setOperation(let inner) = input else {
                body(input)
                continue
            }
            let bindsTighter = inner.kind == .intersect && node.kind != .intersect
            let isSame = inner.kind == node.kind && inner.isAll == node.isAll
            let bindsAlike = (inner.kind == .intersect) == (node.kind == .intersect)
            let standsAlone = bindsTighter || index == 0 && bindsAlike && !isSame
            if !standsAlone { write("(") }
            body(input)
            if !standsAlone { write(")") }
        }
    }

    private mutating func values(_ node: ValuesClause) {
        write("VALUES ")
        list(node.rows) { printer, row in
            // `(ROW(…))` would be read as the row itself.
            var isRowOfRow = false
            if row.values.count == 1, case .constructor(let inner) = row.values[0] {
                isRowOfRow = inner.kind == .row
            }
            printer.write(isRowOfRow || printer.style == .calcite ? "ROW(" : "(")
            printer.list(row.values) { $0.expression($1) }
            printer.write(")")
        }
    }

    private mutating func select(_ node: Select) {
        write("SELECT ")
        hints(node.hints)
        if !node.hints.isEmpty { write(" ") }
        if node.isDistinct { write("DISTINCT ") }
        list(node.items) { printer, item in
            printer.expression(item.expression)
            if let alias = item.alias {
                printer.write(" AS ")
                printer.name(alias.name)
            }
        }
        if let from = node.from {
            write("\(clauseBreak)FROM ")
            table(from)
        }
        clause("WHERE", node.where)
        if let groupBy = node.groupBy {
            write("\(clauseBreak)GROUP BY \(groupBy.isDistinct ? "DISTINCT " : "")")
            list(groupBy.elements) { $0.grouping($1) }
        }
        clause("HAVING", node.having)
        if !node.windows.isEmpty {
            write("\(clauseBreak)WINDOW ")
            list(node.windows) { printer, window in
                printer.name(window.name.name)
                printer.write(" AS ")
                printer.window(window.window)
            }
        }
        clause("QUALIFY", node.qualify)
    }

    private mutating func clause(_ word: String, _ condition: Expression?) {
        guard let condition else { return }
        write("\(clauseBreak)\(word) ")
        expression(condition)
    }

    private mutating func grouping(_ element: GroupingElement) {
        switch element {
        case .expression(let expression): self.expression(expression)
        case .empty: write("()")
        case .groupingSets(let elements):
            write("GROUPING SETS (")
            list(elements) { $0.grouping($1) }
            write(")")
        case .rollup(let expressions), .cube(let expressions):
            if case .rollup = element { write("ROLLUP(") } else { write("CUBE(") }
            list(expressions) { $0.expression($1) }
            write(")")
        }
    }

    /// `ORDER BY …`.
    mutating func orderBy(_ items: [OrderItem]) {
        write("ORDER BY ")
        list(items) { $0.orderItem($1) }
    }

    /// One item of an `ORDER BY`.
    mutating func orderItem(_ item: OrderItem) {
        expression(item.expression)
        if item.isDescending { write(" DESC") }
        if let nullsFirst = item.nullsFirst { write(nullsFirst ? " NULLS FIRST" : " NULLS LAST") }
    }

    /// `(PARTITION BY … ORDER BY … ROWS …)`.
    mutating func window(_ window: WindowSpecification) {
        write("(")
        var separator = ""
        if let base = window.base {
            name(base.name)
            separator = " "
        }
        if !window.partitionBy.isEmpty {
            write("\(separator)PARTITION BY ")
            list(window.partitionBy) { $0.expression($1) }
            separator = " "
        }
        if !window.orderBy.isEmpty {
            write(separator)
            orderBy(window.orderBy)
            separator = " "
        }
        if let frame = window.frame {
            write("\(separator)\(frame.unit.rawValue) ")
            if let end = frame.end {
                write("BETWEEN ")
                bound(frame.start)
                write(" AND ")
                bound(end)
            } else {
                bound(frame.start)
            }
        }
        write(")")
    }

    private mutating func bound(_ bound: WindowFrame.Bound) {
        switch bound {
        case .unboundedPreceding: write("UNBOUNDED PRECEDING")
        case .currentRow: write("CURRENT ROW")
        case .unboundedFollowing: write("UNBOUNDED FOLLOWING")
        case .preceding(let amount):
            expression(amount, binding: SQLOperator.and.precedence + 1)
            write(" PRECEDING")
        case .following(let amount):
            expression(amount, binding: SQLOperator.and.precedence + 1)
            write(" FOLLOWING")
        }
    }

    // Hints.

    /// `/*+ NAME('k' = 'v') */`.
    mutating func hints(_ hints: [Hint]) {
        guard !hints.isEmpty else { return }
        write("/*+ ")
        list(hints) { $0.hint($1) }
        write(" */")
    }

    private mutating func hint(_ hint: Hint) {
        name(hint.name.name)
        switch hint.options {
        case .none: break
        case .pairs(let pairs):
            write("(")
            list(pairs) { printer, pair in
                printer.string(pair.key.text)
                printer.write(" = ")
                printer.string(pair.value.text)
            }
            write(")")
        case .names(let names):
            write("(")
            list(names) { $0.name($1.name) }
            write(")")
        case .literals(let literals):
            write("(")
            list(literals) { $0.literal($1.value) }
            write(")")
        }
    }
}
